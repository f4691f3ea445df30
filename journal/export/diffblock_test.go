package export

import (
	"strings"
	"testing"
)

// A diff's lines are told apart, escaped, and copied as they were; other blocks of code, and a diff in a list, are as ever.
func TestDiffBlocksAreColoured(t *testing.T) {
	got := Markdown("```diff\n@@ a layer @@\n &Norm{\n-\tMomentum: <0.005>,\n+\tMomentum: 0.1,\n }\n```\n", 3, Links{})
	want := `<pre class="unified" tabindex="0"><code class="language-diff"><span class="at">@@ a layer @@
</span><span> &amp;Norm{
</span><span class="del">-	Momentum: &lt;0.005&gt;,
</span><span class="add">+	Momentum: 0.1,
</span><span> }
</span></code></pre>
`
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if got := Markdown("```go\n-1\n```\n", 3, Links{}); strings.Contains(got, "unified") || !strings.Contains(got, `<code class="language-go">-1`) {
		t.Errorf("Go: %s", got)
	}
	if got := Markdown("- a\n\n  ```diff\n  -b\n  ```\n", 3, Links{}); !strings.Contains(got, `<span class="del">-b`) {
		t.Errorf("in a list: %s", got)
	}
}
