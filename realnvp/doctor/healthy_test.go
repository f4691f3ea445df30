package doctor_test

import (
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"

	"flowbook/realnvp/doctor"
	"flowbook/realnvp/internal/goldentest"
)

// TestHealthyFlows: nothing warns and nothing fails.
func TestHealthyFlows(t *testing.T) {
	backend := goldentest.Backend(t)
	cases := []struct {
		name  string
		make  func(*testing.T, compute.Backend, dtypes.DType) patient
		dtype dtypes.DType
	}{
		{"2D, float32", points2D, dtypes.Float32},
		{"2D, float64", points2D, dtypes.Float64},
		{"images, float32", pictures, dtypes.Float32},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			report := c.make(t, backend, c.dtype).examine(t)
			if report.Worst() != doctor.OK {
				t.Errorf("a healthy flow is found %s:\n%s", report.Worst(), report)
			}
			if testing.Verbose() {
				t.Log("\n" + report.String())
			}
		})
	}
}
