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

# Of all that were measured, from the least to the most, in percent of the median: how far to trust it.
function spread_of(suite, who, p, name, n, i, v, least, most) {
    if (!((suite, who, p, name) in values)) return "-"
    n = split(values[suite, who, p, name], v, " ")
    least = most = v[1] + 0
    for (i = 2; i <= n; i++) { if (v[i] + 0 < least) least = v[i] + 0; if (v[i] + 0 > most) most = v[i] + 0 }
    return sprintf("%.0f%%", 100 * (most - least) / value_of(suite, who, p, name))
}

FILENAME ~ /targets\.txt$/ { if ($0 !~ /^#/) targets[$1, $2] = $3; next }
{
    values[$1, $2, $3, $4] = values[$1, $2, $3, $4] " " $5
    if (!(($1, $3, $4) in rows)) { rows[$1, $3, $4]; order[++count] = $1 " " $3 " " $4 }
    if ($1 == "plain" && !($2 in systems)) { systems[$2]; system_order[++system_count] = $2 }
}
