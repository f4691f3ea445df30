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
	for name, make := range map[string]func(*testing.T, compute.Backend, dtypes.DType) patient{"2D": points2D, "images": pictures} {
		for _, dtype := range []dtypes.DType{dtypes.Float32, dtypes.Float64} {
			t.Run(name+" "+dtype.String(), func(t *testing.T) {
				report := make(t, backend, dtype).examine(t)
				t.Log("\n" + report.String())
				if report.Worst() != doctor.OK {
					t.Errorf("a healthy flow is found %s:\n%v", report.Worst(), report.Bad())
				}
			})
		}
	}
}
