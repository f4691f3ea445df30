package oldconfig

import (
	"testing"

	"flowbook/realnvp/arch"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/preset"
)

// TestConfigsAndPresetsAreOne: a preset of Config builds the flow that package preset has under the same name, to the
// last field.
func TestConfigsAndPresetsAreOne(t *testing.T) {
	for name, c := range map[string]struct {
		config Config
		flow   bijector.Chain
	}{
		"Toy2D":        {toy2D(), preset.Toy2D()},
		"Toy2DRobust":  {toy2DRobust(), preset.Toy2DRobust()},
		"MNIST":        {mnist(), preset.MNIST()},
		"CIFAR10":      {cifar10(), preset.CIFAR10()},
		"CelebA":       {celeba(), preset.CelebA()},
		"PaperCIFAR10": {paperCIFAR10(), preset.PaperCIFAR10()},
		"PaperCelebA":  {paperCelebA(), preset.PaperCelebA()},
	} {
		t.Run(name, func(t *testing.T) {
			if err := c.config.Validate(); err != nil {
				t.Error(err)
			}
			if got, want := written(t, c.config.Flow()), written(t, c.flow); got != want {
				t.Errorf("the Config builds\n%s\nand package preset\n%s", got, want)
			}
		})
	}
}

// written is a flow's architecture as a checkpoint has it.
func written(t *testing.T, flow bijector.Bijector) string {
	t.Helper()
	layers := bijector.Wrap(flow, func(_ string, b bijector.Bijector) bijector.Bijector { return b })
	data, err := arch.Marshal(layers)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
