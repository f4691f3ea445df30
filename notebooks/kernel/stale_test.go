package main

import (
	"fmt"
	"testing"

	"flowbook/notebooks/kernel/internal/wire"
)

// What a cell shows is marked as stale when a newer run of the same experiment is shown.
func TestAnOlderRunIsMarkedAsStale(t *testing.T) {
	t.Parallel()
	k := start(t)
	show := func(run, experiment string) (id string, r result) {
		request := k.execute(fmt.Sprintf("import \"github.com/janpfeifer/gonb/gonbui/protocol\"\n%%%%\ngonbui.SendData(&protocol.DisplayData{Data: map[protocol.MIMEType]any{protocol.MIMETextPlain: \"run %s of %s, step 20\"}, DisplayID: \"origin_\" + gonbui.UniqueId()})", run, experiment))
		r = k.result(request)
		m := k.find(limit, request, func(m *wire.Message) bool { return m.Type == "display_data" })
		return m.Fields()["transient"].(map[string]any)["display_id"].(string), r
	}
	first, _ := show("aaa", "mnist-quick")
	show("bbb", "cifar10-quick")
	if _, r := show("aaa", "mnist-quick"); len(r.shown) != 1 {
		t.Errorf("the same run again shows %v", r.shown)
	}
	_, r := show("ccc", "mnist-quick")
	if len(r.shown) != 3 {
		t.Fatalf("a newer run shows %v, want itself and two that are stale", r.shown)
	}
	if text := fmt.Sprint(r.shown[1]["text/plain"]); text != "run aaa of mnist-quick, step 20 · stale: run ccc is newer; run this cell again" {
		t.Errorf("an older run is marked %q; its display is %s", text, first)
	}
}

// A cell that declares a name anew says which cells were run with what it stood for before.
func TestCellsRunWithOlderCodeAreStale(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.ok("func f() int { return 1 }\n\n%%\n")
	k.ok("func g() int { return f() + 1 }\n\n%%\n")
	k.ok("%%\nfmt.Println(g())")
	k.ok("%%\nfmt.Println(\"nothing to do with it\")")
	if r := k.run("func f() int {\n\treturn 1 // as before\n}\n\n%%\n"); len(r.shown) != 0 {
		t.Errorf("declared as before it says %v", r.shown)
	}
	r := k.run("func f() int { return 2 }\n\n%%\nfmt.Println(f())")
	if want := "stale: [3], run with f as it was before; run again"; len(r.shown) != 1 || r.shown[0]["text/plain"] != want {
		t.Errorf("declared anew it says %v, want %q", r.shown, want)
	}
	if out := k.ok("%%\nfmt.Println(g())"); out != "3\n" {
		t.Errorf("run again the cell prints %q", out)
	}
	if r := k.run("func f() int { return nonsense }\n\n%%\n"); r.status != "error" || len(r.shown) != 0 {
		t.Errorf("a cell that does not compile says %v", r.shown)
	}
}
