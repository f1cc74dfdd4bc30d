// SPDX-License-Identifier: Apache-2.0
#include "services/console/assets.h"

#define INCLUDED(symbol, file)                                                                               \
    __asm__(".section .rodata\n" #symbol ":\n.incbin \"" CONSOLE_ASSETS "/" file "\"\n" #symbol              \
            "_end:\n.byte 0\n.previous\n");                                                                  \
    extern const uint8_t symbol[], symbol##_end[]

INCLUDED(asset_css, "console.css");
INCLUDED(asset_js, "console.js");

const asset_t *asset_find(const char *name)
{
    static asset_t assets[2];
    assets[0] = (asset_t){"console.css", "text/css; charset=utf-8",
                          slice(asset_css, (size_t)(asset_css_end - asset_css))};
    assets[1] = (asset_t){"console.js", "text/javascript; charset=utf-8",
                          slice(asset_js, (size_t)(asset_js_end - asset_js))};
    for (size_t i = 0; i < ARRAY_SIZE(assets); i++)
        if (strcmp(assets[i].name, name) == 0) return &assets[i];
    return NULL;
}
