package front

import "testing"

func TestMatches(t *testing.T) {
	const cell = "import \"flowbook/realnvp\"\n\n%%\nfmt.Println(x[0])"
	for pattern, want := range map[string]bool{
		"*": true, "*Println*": true, "import*": true, "*flowbook/real*": true, "*flow?ook*": true, "*[xy]*": true,
		"": false, "Println": false, "*nothing*": false, "[": false,
	} {
		if got := matches(pattern, cell); got != want {
			t.Errorf("%q fits: %v, want %v", pattern, got, want)
		}
	}
}
