package doctor_test

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"flowbook/realnvp/doctor"
)

func ill() *doctor.Report {
	return &doctor.Report{
		Samples: 8, Dim: 2, NLL: 3, BitsPerDim: 2.16,
		Checks: []doctor.Check{
			{Name: doctor.CheckForward, Verdict: doctor.OK, Value: math.NaN(), Limit: math.NaN(), Detail: "1 layer"},
			{Name: doctor.CheckFinite, Verdict: doctor.Fail, Value: 3, Limit: math.NaN(), Layer: `<script>alert("x")</script>`, Detail: "output & more", Remedy: "mend <it>"},
			{Name: doctor.CheckHeldOut, Verdict: doctor.Skipped, Value: math.NaN(), Limit: 0.5, Detail: "none given"},
			{Name: doctor.CheckScales, Verdict: doctor.Warn, Value: 7, Limit: 6, Detail: "|s| reaches 7"},
		},
		Terms:  []doctor.Term{{Name: "latent", Nats: 2, Bits: 1.44}, {Name: "Cou<pling>", Nats: -1, Bits: -0.72}},
		Layers: []doctor.LayerReport{{Path: "<b>", Kind: "Coupling", LogDet: 1, LogDetError: math.NaN(), InverseError: 0, MaxS: 7, MaxOut: 3}},
	}
}

// TestReportInHTML: well-formed, nothing of the flow's own text becomes markup, and nothing is fetched.
func TestReportInHTML(t *testing.T) {
	page := ill().HTML()
	for _, bad := range []string{"<script", "<it>", "<pling>", "<b>", "http:", "https:", "src=", "url("} {
		if strings.Contains(page, bad) {
			t.Errorf("the HTML holds %q", bad)
		}
	}
	for _, want := range []string{"&lt;script&gt;", "output &amp; more", "prefers-color-scheme:dark", `class="badge fail"`, "reaches 7"} {
		if !strings.Contains(page, want) {
			t.Errorf("the HTML lacks %q", want)
		}
	}
	decoder := xml.NewDecoder(strings.NewReader(page)) // stricter than HTML: every tag closed
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
	}
}

func TestReportInText(t *testing.T) {
	r := ill()
	text := r.String()
	for _, want := range []string{
		"8 samples of 2 numbers: 3 nats/sample, 2.1600 bits/dim; 1 ok, 1 warn, 1 fail, 1 skipped",
		"warn    coupling scales         7 (limit 6)               |s| reaches 7",
		"→ mend <it>",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	if r.Worst() != doctor.Fail || len(r.Bad()) != 2 {
		t.Errorf("worst is %s, bad are %v", r.Worst(), r.Bad())
	}
	if c, ok := r.Find(doctor.CheckScales); !ok || c.Value != 7 {
		t.Errorf("found %v, %v", c, ok)
	}
	if _, ok := r.Find("no such check"); ok {
		t.Error("found a check that is not there")
	}
}
