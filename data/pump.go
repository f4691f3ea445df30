package data

import (
	"fmt"
	"math"
)

// PumpColumns names the columns of [Pump]: percent, revolutions a minute, m³/s, Pa, °C, m/s.
var PumpColumns = []string{"load", "speed", "flow", "pressure", "temperature", "vibration"}

// Pump is n readings of a pump that does not exist: six columns whose scales are a hundred million apart, that depend
// on each other, are skewed, have a spread of their own at each load, and two modes (its cooling runs or does not), and
// whose density is known exactly. Each column is drawn given those before it. The same seed gives the same rows.
func Pump(n int, seed uint64) (*Table, error) {
	if n < 1 {
		return nil, fmt.Errorf("data: pump: %d readings asked for: at least 1", n)
	}
	r := newRandom(seed, 0)
	values := make([]float64, 0, 6*n)
	for range n {
		row := make([]float64, 6)
		for j := range row {
			given := pumpGiven(j, row)
			k := 0
			if len(given) > 1 && r.uniform() >= given[0].weight {
				k = 1
			}
			row[j] = given[k].mean + given[k].sd*r.normal()
			if pumpLogarithmic[j] {
				row[j] = math.Exp(row[j])
			}
		}
		values = append(values, row...)
	}
	return NewTable("pump", PumpColumns, values, nil)
}

// PumpLogDensity is the exact log-density of a reading, in nats of its own units: Σ log p(column j | columns before).
// −Inf where flow or vibration is not above 0.
func PumpLogDensity(row []float64) float64 {
	sum := 0.0
	for j, v := range row {
		if pumpLogarithmic[j] {
			if v <= 0 {
				return math.Inf(-1)
			}
			v = math.Log(v)
			sum -= v // log|d log v / dv|
		}
		p := 0.0
		for _, g := range pumpGiven(j, row) {
			z := (v - g.mean) / g.sd
			p += g.weight * math.Exp(-z*z/2) / (g.sd * math.Sqrt(2*math.Pi))
		}
		sum += math.Log(p)
	}
	return sum
}

// PumpNLL is the mean of −log p of a table's rows under the exact density, in nats of the table's scaled space: the
// floor of what a model can score on these very rows, up to chance.
func PumpNLL(t *Table) float64 {
	sum := 0.0
	for i := range t.Len() {
		sum -= PumpLogDensity(t.Row(i))
	}
	return sum/float64(t.Len()) - t.Offset()
}

// pumpLogarithmic marks the columns whose logarithm is drawn.
var pumpLogarithmic = [6]bool{2: true, 5: true}

// bell is a part of a mixture of normal densities.
type bell struct{ weight, mean, sd float64 }

// pumpGiven is the density of column j, or of its logarithm, given those before it in the row.
func pumpGiven(j int, row []float64) []bell {
	switch j {
	case 0:
		return []bell{{1, 50, 15}}
	case 1:
		return []bell{{1, 900 + 12*row[0], 40}}
	case 2:
		return []bell{{1, math.Log(0.02) + 0.6*(row[1]/1500-1), 0.08}}
	case 3:
		return []bell{{1, 2e5 * (row[1] / 1500) * (row[1] / 1500), 8e3}}
	case 4:
		return []bell{{0.7, 45 + 0.3*row[0], 2}, {0.3, 70 + 0.3*row[0], 2}}
	}
	return []bell{{1, math.Log(0.004) + 0.02*(row[0]-50), 0.1 + 0.002*math.Abs(row[4]-60)}}
}
