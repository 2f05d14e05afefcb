# What table.awk and page.awk share: bench/run's samples (`suite implementation procs name value` per line) read into
# `values`, the rows in order of first appearance, and medians.

function median(key, n, i, j, t, v) {
    n = split(values[key], v, " ")
    for (i = 2; i <= n; i++)
        for (j = i; j > 1 && v[j - 1] + 0 > v[j] + 0; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
    return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}
function value_of(suite, who, p, name) { return (suite, who, p, name) in values ? median(suite SUBSEP who SUBSEP p SUBSEP name) : "" }
function shown(v) { return v == "" ? "-" : v >= 1000 ? sprintf("%.0f", v) : v >= 100 ? sprintf("%.1f", v) : sprintf("%.2f", v) }
function ratio(a, b) { return a == "" || b == "" || b == 0 ? "-" : sprintf("%.2f", a / b) }

{
    values[$1, $2, $3, $4] = values[$1, $2, $3, $4] " " $5
    if (!(($1, $3, $4) in rows)) { rows[$1, $3, $4]; order[++count] = $1 " " $3 " " $4 }
    if ($1 == "plain" && !($2 in systems)) { systems[$2]; system_order[++system_count] = $2 }
}
