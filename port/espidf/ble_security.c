// SPDX-License-Identifier: Apache-2.0
/* The device's part in pairing: it has no keys; it has a display where it is to prove who holds it. */
#include <esp_random.h>

#include "port/espidf/ble_parts.h"

#define PASSKEY_COUNT 1000000u

void otk_ble_security_configure(enum otk_espidf_ble_pairing pairing)
{
    const uint8_t keys = BLE_SM_PAIR_KEY_DIST_ENC | BLE_SM_PAIR_KEY_DIST_ID;
    const bool is_authenticated = pairing == OTK_ESPIDF_BLE_AUTHENTICATED;

    ble_hs_cfg.sm_io_cap = is_authenticated ? BLE_SM_IO_CAP_DISP_ONLY : BLE_SM_IO_CAP_NO_IO;
    ble_hs_cfg.sm_mitm = is_authenticated;
    ble_hs_cfg.sm_sc = MYNEWT_VAL(BLE_SM_SC); /* not to be promised where it is not built */
    ble_hs_cfg.sm_bonding = 1;
    ble_hs_cfg.sm_our_key_dist = keys;
    ble_hs_cfg.sm_their_key_dist = keys;
}

uint32_t otk_ble_write_flags(enum otk_espidf_ble_pairing pairing)
{
    switch (pairing) {
    case OTK_ESPIDF_BLE_ENCRYPTED:
        return BLE_GATT_CHR_F_WRITE_ENC;
    case OTK_ESPIDF_BLE_AUTHENTICATED:
        return BLE_GATT_CHR_F_WRITE_ENC | BLE_GATT_CHR_F_WRITE_AUTHEN;
    default:
        return 0;
    }
}

bool otk_ble_may_write(uint16_t connection)
{
    struct ble_gap_conn_desc found;

    if (ble_gap_conn_find(connection, &found) != 0) {
        return false;
    }
    switch (otk_ble_the.config.pairing) {
    case OTK_ESPIDF_BLE_ENCRYPTED:
        return found.sec_state.encrypted;
    case OTK_ESPIDF_BLE_AUTHENTICATED:
        return found.sec_state.encrypted && found.sec_state.authenticated;
    default:
        return true;
    }
}

void otk_ble_show_passkey(uint16_t connection, uint8_t action)
{
    struct ble_sm_io answer = {.action = BLE_SM_IOACT_DISP,
                               .passkey = esp_random() % PASSKEY_COUNT};

    if (action != BLE_SM_IOACT_DISP) {
        return; /* asks for keys that we have said not to have: pairing fails */
    }
    if (ble_sm_inject_io(connection, &answer) == 0) {
        otk_ble_tell(OTAKIT_BLE_EVENT_PASSKEY,
                     &(struct otk_espidf_ble_event){.passkey = answer.passkey});
    }
}

void otk_ble_forget_bond(uint16_t connection)
{
    struct ble_gap_conn_desc found;

    /* It has lost its keys; it has to prove itself again as it had to before. */
    if (ble_gap_conn_find(connection, &found) == 0) {
        (void)ble_store_util_delete_peer(&found.peer_id_addr);
    }
}
