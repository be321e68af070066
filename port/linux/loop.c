// SPDX-License-Identifier: Apache-2.0
/* One poll for everybody. */
#include "port/linux/loop.h"

#include <assert.h>

#include "port/linux/uptime.h"

void otk_loop_add(struct otk_loop *loop, struct otk_loop_source source)
{
    assert(loop->count < OTK_LOOP_SOURCE_COUNT);
    loop->sources[loop->count++] = source;
}

void otk_loop_remove(struct otk_loop *loop, const void *context)
{
    uint32_t index = 0;

    while (index < loop->count && loop->sources[index].context != context) {
        index++;
    }
    if (index == loop->count) {
        return;
    }
    for (loop->count--; index < loop->count; index++) {
        loop->sources[index] = loop->sources[index + 1u];
    }
}

void otk_loop_turn(struct otk_loop *loop, uint32_t timeout_ms)
{
    struct pollfd files[OTK_LOOP_FD_COUNT];
    uint32_t file_count = 0;
    uint32_t index;

    for (index = 0; index < loop->count; index++) {
        const struct otk_loop_source *const source = &loop->sources[index];

        file_count += source->watch(source->context, files + file_count,
                                    OTK_LOOP_FD_COUNT - file_count, &timeout_ms);
    }
    (void)poll(files, file_count, loop->is_busy ? 0 : (int)timeout_ms);
    loop->is_busy = false;
    for (index = 0; index < loop->count; index++) {
        const struct otk_loop_source *const source = &loop->sources[index];

        if (source->serve(source->context, otk_uptime_ms()) == OTK_MORE) {
            loop->is_busy = true;
        }
    }
}
