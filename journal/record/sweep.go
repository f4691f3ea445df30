package record

// A Sweep is what a run records of the sweep it belongs to; package sweep makes them. The values of its parameters are in
// the run's config.
type Sweep struct {
	ID string `json:"id"`
	// Params are the config values that the sweep varies, by dotted path, in the order asked for.
	Params []string `json:"params"`
	// Settings are what was asked for, as "rate=1e-3..1e-2:log:5".
	Settings []string `json:"settings"`
	// Random is how many combinations were drawn; 0: all of them.
	Random int `json:"random,omitempty"`
	// Seed is what they were drawn with.
	Seed uint64 `json:"seed,omitempty"`
}
