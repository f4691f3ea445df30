package experiment

import (
	"fmt"
	"slices"
	"strings"

	"flowbook/journal"
	"flowbook/journal/config"
	"flowbook/notebooks/profiles"
	"flowbook/notebooks/runs"
)

// counted are the settings that count steps.
var counted = []string{"steps", "warmup", "validate_every", "checkpoint_every"}

// shorten makes the training of a config, a pointer, as many times shorter as profiles.Shortened says: all that counts its
// steps, so that it warms up, validates and writes checkpoints as often as before. The run's config then says so, and its tag.
func shorten(cfg any) ([]journal.Option, error) {
	by, err := profiles.Shortened()
	if err != nil || by == 1 {
		return nil, err
	}
	raw, err := config.Encode(cfg)
	if err != nil {
		return nil, err
	}
	var overrides []string
	for path, value := range config.Flatten(raw) {
		name := strings.TrimPrefix(strings.ToLower(path), "train.")
		if steps, ok := value.(float64); ok && steps > 0 && slices.Contains(counted, name) {
			overrides = append(overrides, fmt.Sprintf("%s=%d", path, max(1, int(steps)/by)))
		}
	}
	return []journal.Option{journal.WithTags(runs.Shortened)}, config.Override(cfg, overrides...)
}
