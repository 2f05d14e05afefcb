# The table of the detector's set, from samples: `compiler runtime kernel cpu_ms peak_kib` per line.

function median(list, n, i, j, t, v) {
    n = split(list, v, " ")
    for (i = 2; i <= n; i++)
        for (j = i; j > 1 && v[j - 1] + 0 > v[j] + 0; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
    return n == 0 ? 0 : n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}

{
    cpu[$1, $2, $3] = cpu[$1, $2, $3] " " $4
    peak[$1, $2, $3] = peak[$1, $2, $3] " " $5
    if (!(($1, $3) in seen)) { seen[$1, $3]; order[++count] = $1 " " $3 }
}
END {
    printf "%-7s %-10s %9s %9s %9s %9s %9s %9s %9s\n", "objects", "kernel", "native ms", "tsan ms", "goro ms", "goro/tsan", "tsan MiB", "goro MiB", "goro/tsan"
    for (i = 1; i <= count; i++) {
        split(order[i], k, " ")
        n = median(cpu[k[1], "native", k[2]]); t = median(cpu[k[1], "tsan", k[2]]); g = median(cpu[k[1], "goro", k[2]])
        tm = median(peak[k[1], "tsan", k[2]]) / 1024; gm = median(peak[k[1], "goro", k[2]]) / 1024
        if (!g || !t) { printf "%-7s %-10s %9.0f %9.0f %9s\n", k[1], k[2], n, t, "-"; continue }
        printf "%-7s %-10s %9.0f %9.0f %9.0f %9.2f %9.1f %9.1f %9.2f\n", k[1], k[2], n, t, g, g / t, tm, gm, gm / tm
        log_cpu[k[1]] += log(g / t); log_peak[k[1]] += log(gm / tm); measured[k[1]]++
    }
    for (c in measured)
        printf "%-7s geometric mean of %d: CPU time %.2f, peak memory %.2f of ThreadSanitizer's\n", c, measured[c],
            exp(log_cpu[c] / measured[c]), exp(log_peak[c] / measured[c])
}
