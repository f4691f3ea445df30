package record

import (
	"math"
	"slices"
	"strings"
	"unicode"
)

// Words of a metric's name that tell how it improves, where the program says nothing. Those of the first list come first, but for a name
// that ends in one of the second, as grad_loss.
var (
	noneWords = []string{"lr", "learning", "grad", "grads", "gradient", "norm", "stderr", "std", "time", "seconds", "sec", "ms", "epoch", "step", "memory", "mem",
		"cpu", "gpu", "finite", "temperature", "momentum", "decay", "beta", "throughput", "utilization", "count"}
	lowerWords  = []string{"loss", "nll", "error", "err", "negative", "mse", "rmse", "mae", "perplexity", "bpd"}
	higherWords = []string{"acc", "accuracy", "auc", "auroc", "f1", "precision", "recall", "reward", "return", "score", "r2", "likelihood", "loglikelihood", "logp", "elbo",
		"psnr", "ssim", "iou", "dice", "map", "bleu", "rouge", "ndcg", "mrr", "success"}
)

// DefaultBetter tells from its name how a metric improves, where the program does not say it (journal.Run.Metric): None for learning rates, norms
// of gradients, times and the like, Higher for accuracy, AUC, F1, precision, recall, reward, score, R², PSNR and log likelihoods, Lower for
// all others.
func DefaultBetter(metric string) Better {
	words := nameWords(metric)
	has := func(list []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { // acc1 is acc, but f1 is itself
			return slices.Contains(list, w) || slices.Contains(list, strings.TrimRight(w, "0123456789"))
		})
	}
	log := slices.Contains(words, "log") && (slices.Contains(words, "p") || slices.Contains(words, "prob"))
	switch {
	case OfSystem(metric):
		return None
	case len(words) > 0 && slices.Contains(lowerWords, words[len(words)-1]):
		return Lower
	case has(noneWords):
		return None
	case has(lowerWords):
		return Lower
	case has(higherWords) || log:
		return Higher
	}
	return Lower
}

// nameWords are the words of a name, in small letters, as of val_loss, val-loss, val/loss and valLoss.
func nameWords(name string) []string {
	var words []string
	word := func(w string) {
		if w != "" {
			words = append(words, strings.ToLower(w))
		}
	}
	from, before := 0, rune(0)
	for i, c := range name {
		switch {
		case !unicode.IsLetter(c) && !unicode.IsDigit(c):
			word(name[from:i])
			from = i + len(string(c))
		case unicode.IsUpper(c) && (unicode.IsLower(before) || unicode.IsDigit(before)):
			word(name[from:i])
			from = i
		}
		before = c
	}
	word(name[from:])
	return words
}

// Direction is how a metric of several runs improves: as the programs said, None where they differ, else as its name tells.
func Direction(metric string, runs ...*Run) Better {
	said := Better("")
	for _, r := range runs {
		switch better := r.Better[metric]; {
		case better == "" || better == said:
		case said == "":
			said = better
		default:
			return None
		}
	}
	if said == "" {
		return DefaultBetter(metric)
	}
	return said
}

// Winner is the index of the best value: -1 where none is finite, where several share the best, and where a metric has none.
func (b Better) Winner(values []float64) int {
	winner, champion := -1, 0.0
	if b == None {
		return winner
	}
	shared := false
	for i, v := range values {
		switch {
		case math.IsNaN(v) || math.IsInf(v, 0): // what went wrong is never best
		case winner < 0, b == Higher && v > champion, b != Higher && v < champion:
			winner, champion, shared = i, v, false
		case v == champion:
			shared = true
		}
	}
	if shared {
		return -1
	}
	return winner
}

// Better says in which direction a metric improves.
type Better string

// What journal.Run.Metric can say of a metric.
const (
	Lower  Better = "lower"  // as a loss
	Higher Better = "higher" // as an accuracy
	None   Better = "none"   // neither, as a learning rate: it has no best value
)
