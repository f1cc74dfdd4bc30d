// SPDX-License-Identifier: Apache-2.0
#include "services/gate/ping.h"
#include "common/node/msg.h"
#include "proto/envelope.pb-c.h"
#include "proto/message.h"

static uint8_t all_services(void)
{
    uint8_t all = 0;
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++) all |= (uint8_t)(1U << n);
    return all;
}

uint8_t ping_silent(slice_t body, uint8_t before)
{
    AUTO(msg_body_free) Selenga__Ping *ping = msg_body_unpack(&selenga__ping__descriptor, body);
    return ping && ping->has_silent ? (uint8_t)ping->silent & all_services() : before;
}
