package bugs

import "strings"

// around is how many lines before and after a difference are shown.
const around = 2

// hunks are the lines in which two texts differ, "-" before right's and "+" before wrong's, with some around them; "" where
// they are the same.
func hunks(right, wrong []string) string {
	var all []string
	for common := commonLines(right, wrong); len(right)+len(wrong) > 0; {
		switch {
		case len(common) > 0 && len(right) > 0 && len(wrong) > 0 && right[0] == common[0] && wrong[0] == common[0]:
			all, right, wrong, common = append(all, " "+right[0]), right[1:], wrong[1:], common[1:]
		case len(right) > 0 && (len(common) == 0 || right[0] != common[0]):
			all, right = append(all, "-"+right[0]), right[1:]
		default:
			all, wrong = append(all, "+"+wrong[0]), wrong[1:]
		}
	}
	var text strings.Builder
	left := false
	for i, line := range all {
		if !nearChange(all, i) {
			left = text.Len() > 0
			continue
		}
		if left {
			text.WriteString(" …\n")
			left = false
		}
		text.WriteString(strings.ReplaceAll(line, "\t", "    ") + "\n")
	}
	return text.String()
}

func nearChange(lines []string, i int) bool {
	for k := max(0, i-around); k <= min(len(lines)-1, i+around); k++ {
		if lines[k][0] != ' ' {
			return true
		}
	}
	return false
}

// commonLines is a longest common subsequence.
func commonLines(a, b []string) []string {
	best := make([][]int, len(a)+1) // of what is left of each
	for i := range best {
		best[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if a[i] == b[j] {
				best[i][j] = 1 + best[i+1][j+1]
			}
		}
	}
	var common []string
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			common, i, j = append(common, a[i]), i+1, j+1
		case best[i+1][j] >= best[i][j+1]:
			i++
		default:
			j++
		}
	}
	return common
}
