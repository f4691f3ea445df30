package record

import "strings"

// OfSystem tells whether a metric is of package flowbook/journal/system: it says how the machine fared under the run, and its step is
// the run's second. Such metrics lead no table, are not compared in a replay, and stay when an attempt goes back to a checkpoint.
func OfSystem(metric string) bool { return strings.HasPrefix(metric, "system/") }
