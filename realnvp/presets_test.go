package realnvp_test

import (
	"testing"

	"flowbook/realnvp"
	"flowbook/realnvp/arch"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/preset"
)

// TestConfigsAndPresetsAreOne: a preset of Config builds the flow that package preset has under the same name, to the
// last field.
func TestConfigsAndPresetsAreOne(t *testing.T) {
	for name, c := range map[string]struct {
		config realnvp.Config
		flow   bijector.Chain
	}{
		"Toy2D":        {realnvp.Toy2D(), preset.Toy2D()},
		"Toy2DRobust":  {realnvp.Toy2DRobust(), preset.Toy2DRobust()},
		"MNIST":        {realnvp.MNIST(), preset.MNIST()},
		"CIFAR10":      {realnvp.CIFAR10(), preset.CIFAR10()},
		"CelebA":       {realnvp.CelebA(), preset.CelebA()},
		"PaperCIFAR10": {realnvp.PaperCIFAR10(), preset.PaperCIFAR10()},
		"PaperCelebA":  {realnvp.PaperCelebA(), preset.PaperCelebA()},
	} {
		t.Run(name, func(t *testing.T) {
			if got, want := written(t, c.config), written(t, c.flow); got != want {
				t.Errorf("the Config builds\n%s\nand package preset\n%s", got, want)
			}
		})
	}
}

// written is a flow's architecture as a checkpoint has it; a Config's is that of the layers that it builds.
func written(t *testing.T, flow bijector.Bijector) string {
	t.Helper()
	layers := bijector.Wrap(flow, func(_ string, b bijector.Bijector) bijector.Bijector { return b })
	data, err := arch.Marshal(layers)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
