# The table of bench/run, from what median.awk has read.

function verdict(name, p, theirs, ours, target) {
    if (!((name, p) in targets) || theirs == "" || ours == "" || ours == 0) return "-"
    target = targets[name, p] + 0
    return target " " (theirs / ours >= target ? "met" : "missed")
}

END {
    printf "\n%-18s %2s", "work", "P"
    for (s = 1; s <= system_count; s++) printf " %12s", system_order[s]
    for (s = 1; s <= system_count; s++) if (system_order[s] != "goro") printf " %12s", system_order[s] "/goro"
    printf " %7s %14s\n", "spread", "target"
    for (s = 1; s <= system_count; s++) if (system_order[s] ~ /^go[0-9]*$/) judge = system_order[s]
    for (i = 1; i <= count; i++) {
        split(order[i], r, " ")
        if (r[1] != "plain") continue
        ours = value_of("plain", "goro", r[2], r[3])
        printf "%-18s %2s", r[3], r[2]
        for (s = 1; s <= system_count; s++) printf " %12s", shown(value_of("plain", system_order[s], r[2], r[3]))
        for (s = 1; s <= system_count; s++)
            if (system_order[s] != "goro") printf " %12s", ratio(value_of("plain", system_order[s], r[2], r[3]), ours)
        printf " %7s %14s\n", spread_of("plain", "goro", r[2], r[3]), verdict(r[3], r[2], value_of("plain", judge, r[2], r[3]), ours)
    }
    for (s = 1; s <= system_count; s++) {
        one = value_of("plain", system_order[s], 1, "scaling"); two = value_of("plain", system_order[s], 2, "scaling")
        if (one != "" && two != "") printf "%-18s %2s scaling from one P to two: %s\n", system_order[s], "", ratio(one, two)
    }

    header = 0
    for (i = 1; i <= count; i++) {
        split(order[i], r, " ")
        if (r[1] != "race") continue
        if (!header++)
            printf "\n%-18s %2s %9s %10s %9s %9s %10s %9s %14s\n", "with -race", "P", "goro", "goro-race", "slowdown", "go", "go-race",
                "slowdown", "goro/go (of 1)"
        a = value_of("race", "goro", r[2], r[3]); b = value_of("race", "goro-race", r[2], r[3])
        c = value_of("race", "go", r[2], r[3]); d = value_of("race", "go-race", r[2], r[3])
        printf "%-18s %2s %9s %10s %9s %9s %10s %9s %14s\n", r[3], r[2], shown(a), shown(b), ratio(b, a), shown(c), shown(d), ratio(d, c),
            a == "" || b == "" || c == "" || d == "" ? "-" : sprintf("%.2f", (b / a) / (d / c))
    }
    ours = value_of("report", "goro", 1, "racy_counter"); theirs = value_of("report", "go", 1, "racy_counter")
    if (ours != "" || theirs != "")
        printf "\nracy counter, start of the program to its report and end: goro %s ms, go %s ms\n",
            ours == "" ? "-" : sprintf("%.1f", ours / 1000), theirs == "" ? "-" : sprintf("%.1f", theirs / 1000)
}
