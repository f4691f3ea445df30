package sqlstore

// SetSchema puts other migrations in the place of these, which it returns.
func SetSchema(other files) (these files) {
	these, schema = schema, other
	return these
}
