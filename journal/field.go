package journal

// A Field is what a filter, an order or a column can ask of a run; see [ParseField].
type Field struct {
	Name  string
	field filterField
}

// ParseField finds a field by its name, as a filter has it: config.PATH, metric.NAME (its last value; .best, .min, .max and .count choose
// another), data.NAME, tag, experiment, started, …
func ParseField(name string) (*Field, error) {
	f, err := parseField(name)
	if err != nil {
		return nil, filterError(name, 0, err.Error())
	}
	return &Field{name, f}, nil
}

// Values are a run's values of the field: float64, string, bool, nil, time.Time or time.Duration; none where it has none, several of tags.
func (f *Field) Values(r *Record) []any { return f.field.values(&subject{Record: r}) }

// Texts are the values of the field as people write them.
func (f *Field) Texts(r *Record) []string {
	var all []string
	for _, v := range f.Values(r) {
		all = append(all, plainText(v))
	}
	return all
}
