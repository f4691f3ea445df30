package experiment

import "fmt"

// Seed gives the overrides by which a Toy experiment draws its points and its weights from one seed.
func Seed(seed int) []string {
	return []string{fmt.Sprintf("model.seed=%d", seed), fmt.Sprintf("data_seed=%d", seed)}
}
