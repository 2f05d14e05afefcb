/* Compression: a hash-chain LZ77 over independent blocks, packed and unpacked again by a pool of threads. */
#include "kernel.h"

enum { BLOCK = 1 << 16, BLOCKS = 48, HASH_BITS = 12, MIN_MATCH = 4 };

struct block {
    unsigned char plain[BLOCK], packed[BLOCK + BLOCK / 8], again[BLOCK];
    size_t packed_size;
};
static struct block *blocks;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static int next_block;

static unsigned hash4(const unsigned char *p) {
    uint32_t v;
    memcpy(&v, p, 4);
    return v * 2654435761u >> (32 - HASH_BITS);
}

/* Tokens: a byte below 128 is that many literals + 1; from 128 a match of (byte - 128 + MIN_MATCH), 16-bit distance. */
static size_t pack(const unsigned char *in, size_t n, unsigned char *out) {
    int head[1 << HASH_BITS];
    size_t at = 0, literals = 0, o = 0;
    memset(head, -1, sizeof head);
    while (at < n) {
        size_t length = 0, distance = 0;
        if (at + MIN_MATCH <= n) {
            unsigned h = hash4(in + at);
            if (head[h] >= 0 && at - (size_t)head[h] < 65536) {
                distance = at - (size_t)head[h];
                while (length < 127 + MIN_MATCH && at + length < n && in[at + length] == in[at - distance + length])
                    length++;
            }
            head[h] = (int)at;
        }
        if (length >= MIN_MATCH || literals == 128) {
            if (literals) {
                out[o++] = (unsigned char)(literals - 1);
                memcpy(out + o, in + at - literals, literals);
                o += literals;
                literals = 0;
            }
        }
        if (length >= MIN_MATCH) {
            out[o++] = (unsigned char)(128 + length - MIN_MATCH);
            out[o++] = (unsigned char)distance;
            out[o++] = (unsigned char)(distance >> 8);
            at += length;
        } else {
            literals++;
            at++;
        }
    }
    if (literals) {
        out[o++] = (unsigned char)(literals - 1);
        memcpy(out + o, in + at - literals, literals);
        o += literals;
    }
    return o;
}

static size_t unpack(const unsigned char *in, size_t n, unsigned char *out) {
    size_t o = 0;
    for (size_t i = 0; i < n;) {
        unsigned token = in[i++];
        if (token < 128) {
            memcpy(out + o, in + i, token + 1);
            i += token + 1, o += token + 1;
        } else {
            size_t length = token - 128 + MIN_MATCH, distance = in[i] | (size_t)in[i + 1] << 8;
            i += 2;
            for (size_t k = 0; k < length; k++, o++) out[o] = out[o - distance];
        }
    }
    return o;
}

static void *worker(void *arg) {
    for (;;) {
        pthread_mutex_lock(&mu);
        int i = next_block++;
        pthread_mutex_unlock(&mu);
        if (i >= BLOCKS) return arg;
        struct block *b = &blocks[i];
        b->packed_size = pack(b->plain, BLOCK, b->packed);
        if (unpack(b->packed, b->packed_size, b->again) != BLOCK || memcmp(b->plain, b->again, BLOCK)) abort();
    }
}

int main(void) {
    static const char *const words[] = {"goroutine ", "channel ", "select ", "mutex ", "the ", "of ", "and ", "clock "};
    uint64_t state = 1, sum = 0;
    blocks = checked(calloc(BLOCKS, sizeof *blocks));
    for (int i = 0; i < BLOCKS; i++)
        for (size_t at = 0; at < BLOCK;) {
            const char *w = words[next_random(&state) >> 61];
            while (*w && at < BLOCK) blocks[i].plain[at++] = (unsigned char)*w++;
            if (at < BLOCK && next_random(&state) >> 62 == 0) blocks[i].plain[at++] = (unsigned char)next_random(&state);
        }
    run_threads(THREADS, worker);
    for (int i = 0; i < BLOCKS; i++) sum = checksum_add(sum, blocks[i].packed_size);
    kernel_report("lz", sum);
    free(blocks);
    return 0;
}
