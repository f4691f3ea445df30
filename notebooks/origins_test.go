package notebooks

import (
	"regexp"
	"slices"
	"testing"
)

// noRun lists the cells whose pictures show no run's result: data, diagrams, and what a formula gives.
var noRun = map[string][]string{
	"01-inverse-transform-sampling": {"cell-03", "cell-05", "cell-07", "cell-09", "cell-11"},
	"02-toy-2d":                     {"cell-03", "cell-07", "picture-code", "cell-15"},
	"03-mnist":                      {"cell-03", "picture-code"},
	"04-cifar10":                    {"cell-01", "picture-code"},
	"05-celeba":                     {"data-code", "picture-code"},
	"07-your-own-flow":              {"data-code", "cell-03"},
	"08-a-table":                    {"cell-07"},
}

// manyRuns lists the cells that say a number over so many runs that these are named by their experiments alone.
var manyRuns = map[string][]string{"02-toy-2d": {"cell-23"}}

// origin is how an output says which run it is of: in a line of its own, or by the run's ID in a table or text.
var origin = regexp.MustCompile("\\brun [0-9a-z]{10} of [\\w-]+, step \\d+|`[0-9a-z]{10}`|<td[^>]*>(?:<[^>]*>)*[0-9a-z]{10}<")

// Every picture of a run's result, in a notebook as committed, says which run it is of.
func TestPicturesSayTheirRun(t *testing.T) {
	each(t, func(t *testing.T, name, path string) {
		listed := slices.Concat(noRun[name], manyRuns[name])
		for _, c := range read(t, path).Cells {
			says, shows := c.says(), false
			for _, o := range c.Outputs {
				says += string(o.Data["text/html"]) + string(o.Data["text/markdown"])
				shows = shows || o.Data["image/png"] != "" || o.Data["image/svg+xml"] != ""
			}
			i := slices.Index(listed, c.ID)
			switch said := origin.MatchString(says); {
			case !shows:
				continue
			case i < 0 && !said:
				t.Errorf("cell %s shows a picture and not which run it is of; if it is of none, list it in noRun", c.ID)
			case i >= 0 && said:
				t.Errorf("cell %s is listed as one that shows no run's result, and names a run", c.ID)
			}
			if i >= 0 {
				listed = slices.Delete(listed, i, i+1)
			}
		}
		if len(listed) > 0 {
			t.Errorf("these cells are listed, and show no picture: %v", listed)
		}
	})
}

// A picture without a word of its run is noticed.
func TestOrigin(t *testing.T) {
	for text, want := range map[string]bool{
		"run 3zzn58jd0t of mnist-cpu, step 1500": true,
		"| without it | `x45f8hj0fz` |":          true,
		"<td><code>nzmsb9xa92</code></td>":       true,
		"run 3zzn58jd0t of mnist-cpu":            false,
		"loss-curves":                            false,
		"<th>experiment</th>":                    false,
	} {
		if origin.MatchString(text) != want {
			t.Errorf("%q says its run: %v, want %v", text, !want, want)
		}
	}
}
