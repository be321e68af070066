// SPDX-License-Identifier: Apache-2.0
/* One life of the application, in a process of its own. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <esp_log.h>

#include "compat/esp_idf/event_loop.h"
#include "compat/esp_idf/runner.h"
#include "compat/esp_idf/system.h"
#include "compat/esp_idf/task.h"

/* How a child ends, other than by a signal. Numbers that programs seldom use. */
#define CHILD_IDLE    0x50
#define CHILD_RESTART 0x51
#define CHILD_POWER   0x52

void app_main(void);

/* The child's side of the flash: one caller at a time, and no life without power. */
struct guard {
    const struct otk_flash *flash;
    struct otk_nor *nor;
    pthread_mutex_t mutex;
    uint64_t *op_count; /* shared with the parent */
};

static void leave(int status)
{
    fflush(stdout);
    _exit(status);
}

static void note_op(void *context, const struct otk_nor_op *op)
{
    *(uint64_t *)context = op->index + 1u;
}

static enum otk_status settle(struct guard *guard, enum otk_status status)
{
    if (!otk_nor_is_powered(guard->nor)) {
        leave(CHILD_POWER);
    }
    pthread_mutex_unlock(&guard->mutex);
    return status;
}

static enum otk_status guard_read(void *context, uint32_t offset, void *data, uint32_t len)
{
    struct guard *const guard = context;

    pthread_mutex_lock(&guard->mutex);
    return settle(guard, guard->flash->read(guard->flash->context, offset, data, len));
}

static enum otk_status guard_write(void *context, uint32_t offset, const void *data, uint32_t len)
{
    struct guard *const guard = context;

    pthread_mutex_lock(&guard->mutex);
    return settle(guard, guard->flash->write(guard->flash->context, offset, data, len));
}

static enum otk_status guard_erase(void *context, uint32_t offset, uint32_t len)
{
    struct guard *const guard = context;

    pthread_mutex_lock(&guard->mutex);
    return settle(guard, guard->flash->erase(guard->flash->context, offset, len));
}

static void restart(void *context)
{
    (void)context;
    leave(CHILD_RESTART);
}

static void be_quiet(void)
{
    if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr)) {
        _exit(EXIT_FAILURE);
    }
}

/* The time of the child is measured by a signal that ends it. */
static void set_alarm(int64_t deadline_s)
{
    struct timespec now;

    if (deadline_s > 0) {
        clock_gettime(CLOCK_MONOTONIC, &now);
        alarm(deadline_s > now.tv_sec ? (unsigned)(deadline_s - now.tv_sec) : 1u);
    }
}

static void set_system(const struct otk_idf_options *options, int reason)
{
    struct otk_idf_system *const system = otk_idf_system();

    system->reset_reason = (esp_reset_reason_t)reason;
    system->nvs_path = options->nvs_path;
    system->allow_http = options->allow_http;
    if (options->log_level) {
        esp_log_level_set("*", (esp_log_level_t)options->log_level);
    }
    if (options->skip_waits) {
        otk_idf_task_skip_waits();
    }
}

static void live(const struct otk_idf_options *options, struct otk_idf_chip *chip, int slot,
                 int reason, uint64_t *op_count)
{
    struct guard guard = {
        .flash = otk_nor_flash(chip->nor),
        .nor = chip->nor,
        .mutex = PTHREAD_MUTEX_INITIALIZER,
        .op_count = op_count,
    };
    const struct otk_idf_device device = {
        .board = &chip->board,
        .running_slot = slot,
        .restart = restart,
    };

    chip->flash.context = &guard;
    chip->flash.read = guard_read;
    chip->flash.write = guard_write;
    chip->flash.erase = guard_erase;
    chip->board.flash = &chip->flash;
    otk_nor_watch(chip->nor, note_op, op_count);
    set_system(options, reason);
    otk_idf_attach(&device);
    (void)esp_log_timestamp(); /* time begins here */
    if (!otk_idf_task_run(app_main)) {
        abort();
    }
    otk_idf_event_loop_settle();
    leave(CHILD_IDLE);
}

static enum otk_idf_end read_end(const struct otk_idf_options *options, int status)
{
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
        return OTK_IDF_END_OFF;
    }
    if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGINT || WTERMSIG(status) == SIGTERM)) {
        return OTK_IDF_END_INTERRUPTED;
    }
    if (WIFSIGNALED(status)) {
        if (!options->is_quiet) {
            printf("panic: the application died: %s\n", strsignal(WTERMSIG(status)));
        }
        return OTK_IDF_END_PANIC;
    }
    switch (WEXITSTATUS(status)) {
    case CHILD_IDLE:
        return OTK_IDF_END_IDLE;
    case CHILD_RESTART:
        return OTK_IDF_END_RESTART;
    case CHILD_POWER:
        return OTK_IDF_END_POWER;
    default:
        if (!options->is_quiet) {
            printf("panic: the application called exit(%d)\n", WEXITSTATUS(status));
        }
        return OTK_IDF_END_PANIC;
    }
}

static enum otk_idf_end await(const struct otk_idf_options *options, pid_t child)
{
    int status = 0;

    while (waitpid(child, &status, 0) < 0) {
    }
    return read_end(options, status);
}

enum otk_idf_end otk_idf_child_run(const struct otk_idf_options *options, struct otk_idf_chip *chip,
                                   int slot, int reason, int64_t deadline_s, uint64_t *op_count)
{
    uint64_t *const shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    enum otk_idf_end end = OTK_IDF_END_NO_FLASH;
    pid_t child;

    if (shared == MAP_FAILED) {
        perror(options->program);
        return end;
    }
    *shared = *op_count;
    fflush(NULL);
    child = fork();
    if (child == 0) {
        signal(SIGINT, SIG_DFL);
        signal(SIGTERM, SIG_DFL);
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
        if (options->is_quiet) {
            be_quiet();
        }
        set_alarm(deadline_s);
        live(options, chip, slot, reason, shared);
    }
    if (child > 0) {
        end = await(options, child);
        *op_count = *shared;
    } else {
        perror(options->program);
    }
    munmap(shared, sizeof *shared);
    return end;
}
