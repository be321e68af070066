// SPDX-License-Identifier: Apache-2.0
/*
 * Every cut of the power, one after the other: each on a fresh copy of the flash file, each until the
 * device has come to rest, with every boot judged.
 *
 * Good is: something boots, and it is byte for byte an image that booted in the run without a cut.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compat/esp_idf/runner.h"

/* Harmful cuts that are told one by one. */
#define TOLD_MAX 10u

struct workshop {
    const struct otk_idf_options *user; /* what was asked for */
    struct otk_idf_options options;     /* of the runs on the copy */
    char folder[PATH_MAX];
    char flash[PATH_MAX + 16];
    char nvs[PATH_MAX + 16];
    struct otk_idf_run rehearsal;
};

struct tally {
    uint64_t cuts;
    uint64_t bricks;
    uint64_t wrong;
    uint64_t updated; /* ended with the image that the run without a cut ended with */
    uint64_t stayed;  /* ended with another one that is good */
};

static bool copy_file(const char *from, const char *to)
{
    char piece[65536];
    const int in = open(from, O_RDONLY | O_CLOEXEC);
    const int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    ssize_t len = in >= 0 && out >= 0 ? 1 : -1;

    while (len > 0) {
        len = read(in, piece, sizeof piece);
        if (len > 0 && write(out, piece, (size_t)len) != len) {
            len = -1;
        }
    }
    if (in >= 0) {
        close(in);
    }
    if (out >= 0) {
        close(out);
    }
    return len == 0;
}

/* The copies as the originals are. */
static bool prepare(const struct workshop *shop)
{
    if (!copy_file(shop->user->flash_path, shop->flash)) {
        fprintf(stderr, "%s: %s cannot be copied: %s\n", shop->user->program,
                shop->user->flash_path, strerror(errno));
        return false;
    }
    (void)unlink(shop->nvs);
    return access(shop->user->nvs_path, F_OK) != 0 || copy_file(shop->user->nvs_path, shop->nvs);
}

static bool open_workshop(struct workshop *shop, const struct otk_idf_options *user)
{
    const char *temporary = getenv("TMPDIR");

    memset(shop, 0, sizeof *shop);
    shop->user = user;
    snprintf(shop->folder, sizeof shop->folder, "%s/otakit-cuts-XXXXXX",
             temporary ? temporary : "/tmp");
    if (!mkdtemp(shop->folder)) {
        fprintf(stderr, "%s: %s: %s\n", user->program, shop->folder, strerror(errno));
        return false;
    }
    snprintf(shop->flash, sizeof shop->flash, "%s/flash", shop->folder);
    snprintf(shop->nvs, sizeof shop->nvs, "%s/nvs", shop->folder);
    shop->options = *user;
    shop->options.flash_path = shop->flash;
    shop->options.nvs_path = shop->nvs;
    shop->options.skip_waits = true;
    return true;
}

static void close_workshop(const struct workshop *shop)
{
    (void)unlink(shop->flash);
    (void)unlink(shop->nvs);
    (void)rmdir(shop->folder);
}

static bool is_same(const struct otk_idf_identity *one, const struct otk_idf_identity *other)
{
    return memcmp(one->sha256, other->sha256, sizeof one->sha256) == 0;
}

/* Whether an image ran in the run without a cut. */
static bool is_good(const struct workshop *shop, const struct otk_idf_identity *image)
{
    for (unsigned index = 0; index < shop->rehearsal.boot_count; index++) {
        if (is_same(&shop->rehearsal.boots[index], image)) {
            return true;
        }
    }
    return false;
}

static const struct otk_idf_identity *last_boot(const struct otk_idf_run *run)
{
    return &run->boots[run->boot_count - 1u];
}

static bool is_wrong(const struct workshop *shop, const struct otk_idf_run *run)
{
    for (unsigned index = 0; index < run->boot_count; index++) {
        if (!is_good(shop, &run->boots[index])) {
            return true;
        }
    }
    return run->end == OTK_IDF_END_CRASHING;
}

static void judge(const struct workshop *shop, const struct otk_idf_run *run, struct tally *tally)
{
    const bool is_brick = run->end == OTK_IDF_END_UNBOOTED || run->boot_count == 0;
    const uint64_t harmful = tally->bricks + tally->wrong;

    tally->cuts++;
    if (is_brick) {
        tally->bricks++;
    } else if (is_wrong(shop, run)) {
        tally->wrong++;
    } else if (is_same(last_boot(run), last_boot(&shop->rehearsal))) {
        tally->updated++;
    } else {
        tally->stayed++;
    }
    if (tally->bricks + tally->wrong > harmful && harmful < TOLD_MAX) {
        printf("cut %" PRIu64 ": %s; see it with --cut %" PRIu64 "\n", shop->options.cut,
               is_brick ? "NOTHING BOOTS" : "AN IMAGE RAN THAT SHOULD NOT", shop->options.cut);
    }
}

static void tell_progress(const struct tally *tally, uint64_t count)
{
    if (isatty(STDERR_FILENO) && (tally->cuts % 10u == 0 || tally->cuts == count)) {
        fprintf(stderr, "\r%" PRIu64 " of %" PRIu64 " cuts%s", tally->cuts, count,
                tally->cuts == count ? "\n" : "");
    }
}

static enum otk_idf_exit tell_verdict(const struct tally *tally)
{
    const bool is_good = tally->bricks == 0 && tally->wrong == 0;

    printf("%" PRIu64 " cuts: %" PRIu64 " bricks, %" PRIu64 " wrong images; %" PRIu64
           " ended updated, %" PRIu64 " with the image before\n",
           tally->cuts, tally->bricks, tally->wrong, tally->updated, tally->stayed);
    return is_good ? OTK_IDF_EXIT_DONE : OTK_IDF_EXIT_REFUSED;
}

/* The run without a cut shows what there is to cut, and which images are good. */
static bool rehearse(struct workshop *shop)
{
    const struct otk_idf_run *const run = &shop->rehearsal;

    shop->options.cut = 0;
    if (!prepare(shop)) {
        return false;
    }
    otk_idf_run(&shop->options, &shop->rehearsal);
    if (run->boot_count == 0 || run->end == OTK_IDF_END_NO_FLASH ||
        run->end == OTK_IDF_END_UNBOOTED || run->end == OTK_IDF_END_CRASHING) {
        return false;
    }
    printf("without a cut: %" PRIu64 " flash operations, %u resets, %s\n", run->op_count,
           run->reset_count,
           is_same(&run->boots[0], last_boot(run)) ? "the same image at the end"
                                                   : "another image at the end");
    fflush(stdout);
    if (run->op_count == 0 && run->end != OTK_IDF_END_INTERRUPTED) {
        fprintf(stderr, "%s: no flash operation, so there is nothing to cut\n",
                shop->user->program);
        return false;
    }
    return true;
}

static enum otk_idf_exit cut_each(struct workshop *shop)
{
    const uint64_t op_count = shop->rehearsal.op_count;
    const uint64_t wanted = shop->user->sample;
    const uint64_t count = wanted > 0 && wanted < op_count ? wanted : op_count;
    struct tally tally = {.cuts = 0};

    shop->options.is_quiet = true;
    for (uint64_t number = 0; number < count; number++) {
        struct otk_idf_run run;

        shop->options.cut = number * op_count / count + 1u;
        if (!prepare(shop)) {
            return OTK_IDF_EXIT_REFUSED;
        }
        otk_idf_run(&shop->options, &run);
        if (run.end == OTK_IDF_END_INTERRUPTED) {
            return OTK_IDF_EXIT_INTERRUPTED;
        }
        judge(shop, &run, &tally);
        tell_progress(&tally, count);
    }
    return tell_verdict(&tally);
}

enum otk_idf_exit otk_idf_cut_all(const struct otk_idf_options *options)
{
    struct workshop shop;
    enum otk_idf_exit exit_status = OTK_IDF_EXIT_REFUSED;

    if (!open_workshop(&shop, options)) {
        return exit_status;
    }
    if (rehearse(&shop)) {
        exit_status = shop.rehearsal.end == OTK_IDF_END_INTERRUPTED ? OTK_IDF_EXIT_INTERRUPTED
                                                                    : cut_each(&shop);
    }
    close_workshop(&shop);
    return exit_status;
}
