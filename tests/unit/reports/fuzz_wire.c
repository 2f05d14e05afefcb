/* A libFuzzer target: bytes become records with right checksums, these a finding, that every format.
 *
 * Input: any number of { type, length low, length high, payload }. By hand, longer:
 *   tests/unit/reports/fuzz.sh ROOT 600 */
#include "detector/wire.h"
#include "reports/model.h"
#include "reports/wire_read.h"
#include "reports/writers.h"

#include <string.h>

static void write_everywhere(void *arg, struct process *p, unsigned type, struct wire_reader r) {
    struct run run = {.again = "./prog", .width = 80, .color = true};
    struct model_finding *f = type == WIRE_FINDING ? model_read(p, r) : NULL;
    struct text t = {0};

    (void)arg;
    if (!f) return;
    write_text(&t, f, &run);
    write_json(&t, f, &run);
    write_github(&t, f);
    write_sarif(&t, f, &run);
    write_junit(&t, f, &run);
    write_html(&t, f, &run);
    text_free(&t);
    model_free(f);
}

static uint32_t checksum_of(const struct wire_header *h, const void *payload) {
    uint32_t crc = wire_crc(0, &h->type, sizeof h->type);

    crc = wire_crc(crc, &h->length, sizeof h->length);
    crc = wire_crc(crc, &h->pid, sizeof h->pid);
    crc = wire_crc(crc, &h->sequence, sizeof h->sequence);
    return wire_crc(crc, payload, h->length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    static uint8_t packet[sizeof(struct wire_header) + WIRE_PAYLOAD_MAX];
    struct wire_input in = {.record = write_everywhere};
    uint32_t sequence = 0;

    while (n >= 3) {
        struct wire_header h = {.magic = WIRE_MAGIC, .version = WIRE_VERSION, .type = data[0] % 9, .pid = 7};
        h.length = data[1] | (uint32_t)data[2] << 8;
        h.sequence = sequence++;
        data += 3;
        n -= 3;
        if (h.length > n) h.length = (uint32_t)n;
        h.checksum = checksum_of(&h, data);
        memcpy(packet, &h, sizeof h);
        memcpy(packet + sizeof h, data, h.length);
        wire_input_packet(&in, packet, sizeof h + h.length);
        data += h.length;
        n -= h.length;
    }
    wire_input_free(&in);
    return 0;
}
