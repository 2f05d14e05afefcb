# The page of bench/run, from what median.awk has read: one self-contained HTML file, a bar per system and work, each
# work on its own scale (the longest bar is the slowest system).

function text(s) { gsub(/&/, "\\&amp;", s); gsub(/</, "\\&lt;", s); return s }

# How much faster independent work gets with each processor; the dashed line is as many times as there are.
function scaling_curve(s, p, one, v, most, points, name) {
    for (most = 1; value_of("plain", "goro", most + 1, "scaling") != "";) most++
    if (most < 2) return
    print "<h2>scaling: times as fast as with GOMAXPROCS=1</h2><svg viewBox=\"0 0 800 320\" role=\"img\">"
    printf "<path d=\"M60 290L%.1f %.1f\" stroke=\"currentColor\" stroke-dasharray=\"4\" fill=\"none\"/>", 660, 20
    for (s = 1; s <= system_count; s++) {
        name = system_order[s]
        one = value_of("plain", name, 1, "scaling")
        if (one == "") continue
        points = ""
        for (p = 1; p <= most && (v = value_of("plain", name, p, "scaling")) != ""; p++)
            points = points sprintf("%s%.1f %.1f", p == 1 ? "M" : "L", 60 + 600 * (p - 1) / (most - 1), 290 - 270 * (one / v - 1) / (most - 1))
        printf "<path d=\"%s\" class=\"line %s\"/>", points, name == "goro" ? "goro" : name == "go" ? "go" : "other"
        printf "<text x=\"670\" y=\"%.1f\">%s %s</text>\n", 290 - 270 * (one / value_of("plain", name, p - 1, "scaling") - 1) / (most - 1) + 4, \
            text(name), ratio(one, value_of("plain", name, p - 1, "scaling"))
    }
    for (p = 1; p <= most; p++) printf "<text x=\"%.1f\" y=\"310\">P=%d</text>", 55 + 600 * (p - 1) / (most - 1), p
    print "</svg>"
}

END {
    print "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>goro benchmarks</title>"
    print "<style>:root{color-scheme:light dark}body{font:15px/1.4 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em}"
    print "h2{font-size:1em;margin:1.2em 0 .2em}svg{display:block;width:100%}text{font:12px system-ui,sans-serif;fill:currentColor}"
    print ".goro{fill:#2a7de1}.go{fill:#8a8f98}.other{fill:#c58b3a}.line{fill:none;stroke-width:2}"
    print ".line.goro{stroke:#2a7de1}.line.go{stroke:#8a8f98}.line.other{stroke:#c58b3a}</style><h1>goro beside its peers</h1>"
    print "<p>" text(machine) "</p><p>ns per operation, shorter is faster; medians. Each work has its own scale.</p>"
    for (i = 1; i <= count; i++) {
        split(order[i], r, " ")
        if (r[1] != "plain") continue
        most = 0
        for (s = 1; s <= system_count; s++) {
            v = value_of("plain", system_order[s], r[2], r[3])
            if (v != "" && v > most) most = v
        }
        printf "<h2>%s, GOMAXPROCS=%s</h2><svg viewBox=\"0 0 800 %d\" role=\"img\">\n", text(r[3]), r[2], 20 * system_count
        for (s = 1; s <= system_count; s++) {
            v = value_of("plain", system_order[s], r[2], r[3])
            if (v == "") continue
            printf "<text x=\"0\" y=\"%d\">%s</text>", 20 * s - 6, text(system_order[s])
            printf "<rect class=\"%s\" x=\"90\" y=\"%d\" width=\"%.1f\" height=\"14\"/>", system_order[s] == "goro" ? "goro" : \
                system_order[s] == "go" ? "go" : "other", 20 * s - 17, most ? 600 * v / most : 0
            printf "<text x=\"%.1f\" y=\"%d\">%s</text>\n", 96 + (most ? 600 * v / most : 0), 20 * s - 6, shown(v)
        }
        print "</svg>"
    }
    scaling_curve()
}
