package suggest

import (
	"math"
)

// Shown is a comment that the editor of an issue was shown, and what became of it. What
// was never shown teaches nothing.
type Shown struct {
	Signals   Signals `json:"signals"`
	Picked    bool    `json:"picked,omitempty"`
	Suggested bool    `json:"suggested,omitempty"` // it was offered as a suggestion
}

// How a taste is learned.
const (
	firstPicks     = 8   // picks of the first issue that is learned from
	tasteSpread    = 0.8 // standard deviation of the weights about those at the start
	mostLearned    = 2.0 // how far a weight may leave its start
	halfLife       = 26  // issues in which one counts half as much
	suggestedCount = 0.7 // what one counts that was suggested, picked or passed over; one that was found counts 1
	learnSteps     = 60
	leastSharp     = 0.5
	mostSharp      = 4
	longestStep    = 0.5
	learnedEnough  = 1e-7
)

// Learn gives the taste of an editor by what their issues showed and picked, the oldest
// first. It begins with the first issue of eight picks.
//
// It is a logistic regression: a normal prior about the weights of the taste given, an
// intercept for each issue, a sharpness that tells how surely the editor picks by them, and signals centred within it, so that only what was shown
// together is compared. What had been suggested counts 0.7: the list led to it. An issue counts half as much as one 26 later. No weight leaves
// its start by more than two. The same issues always give the same taste.
func Learn(prior Taste, issues [][]Shown) Taste {
	for len(issues) > 0 && picksOf(issues[0]) < firstPicks {
		issues = issues[1:]
	}
	var all []lesson
	picks := 0
	for i, shown := range issues {
		if l, ok := newLesson(shown, math.Pow(0.5, float64(len(issues)-1-i)/halfLife)); ok {
			all = append(all, l)
			picks += picksOf(shown)
		}
	}
	if len(all) == 0 {
		return prior
	}
	var start, weights [ruleCount]float64
	for k := range start {
		start[k] = prior.weight(k)
	}
	weights = start
	sharpness := 1.0
	for range learnSteps {
		sharpness = sharpen(all, weights, sharpness)
		step := newtonStep(all, start, weights, sharpness)
		largest := 0.0
		for k, d := range step {
			d = min(longestStep, max(-longestStep, d)) // a longer one may overshoot
			weights[k] += d
			largest = max(largest, math.Abs(d))
		}
		if largest < learnedEnough {
			break
		}
	}
	learned := Taste{Picks: picks, Issues: len(all)}
	for k := range weights {
		learned.learned[k] = min(mostLearned, max(-mostLearned, weights[k]-rules[k].start))
	}
	return learned
}

func picksOf(shown []Shown) (n int) {
	for _, s := range shown {
		n += btoi(s.Picked)
	}
	return n
}

// lesson is what one issue teaches.
type lesson struct {
	signals   [][ruleCount]float64 // centred
	picked    []bool
	counts    []float64
	intercept float64
}

// newLesson makes a lesson of an issue; one of which all or nothing was picked teaches
// nothing.
func newLesson(shown []Shown, weight float64) (l lesson, ok bool) {
	n := picksOf(shown)
	if n == 0 || n == len(shown) {
		return l, false
	}
	var mean [ruleCount]float64
	for _, s := range shown {
		for k, x := range s.Signals {
			mean[k] += x / float64(len(shown))
		}
	}
	for _, s := range shown {
		var centred [ruleCount]float64
		for k, x := range s.Signals {
			centred[k] = x - mean[k]
		}
		count := weight
		if s.Suggested {
			count *= suggestedCount
		}
		l.signals, l.picked, l.counts = append(l.signals, centred), append(l.picked, s.Picked), append(l.counts, count)
	}
	l.intercept = math.Log(float64(n) / float64(len(shown)-n))
	return l, true
}

// newtonStep gives the step to the weights that fit best, and takes that of each
// intercept, which no other lesson has, out of the equations first.
func newtonStep(all []lesson, start, weights [ruleCount]float64, sharpness float64) [ruleCount]float64 {
	var gradient [ruleCount]float64
	var hessian [ruleCount][ruleCount]float64
	const inverse = 1 / (tasteSpread * tasteSpread)
	for k := range weights {
		gradient[k] = -(weights[k] - start[k]) * inverse
		hessian[k][k] = inverse
	}
	for i := range all {
		l := &all[i]
		l.settle(weights, sharpness)
		var across [ruleCount]float64
		sum := 0.0
		for n, x := range l.signals {
			p := logistic(l.intercept + sharpness*dot(weights, x))
			miss := l.counts[n] * (float64(btoi(l.picked[n])) - p)
			curve := l.counts[n] * p * (1 - p)
			sum += curve
			for a := range x {
				x[a] *= sharpness
			}
			for a, xa := range x {
				if xa == 0 {
					continue
				}
				gradient[a] += miss * xa
				across[a] += curve * xa
				for b := range a + 1 {
					hessian[a][b] += curve * xa * x[b]
				}
			}
		}
		if sum > 0 {
			for a := range across {
				for b := range a + 1 {
					hessian[a][b] -= across[a] * across[b] / sum
				}
			}
		}
	}
	return solve(hessian, gradient)
}

// sharpen takes a step to the sharpness that fits best: how surely an editor picks by
// their taste. Without it one who is sure of little things would seem to be mad about
// them.
func sharpen(all []lesson, weights [ruleCount]float64, sharpness float64) float64 {
	const spread = 2.0 // of the prior about 1
	slope, curve := (1-sharpness)/(spread*spread), 1/(spread*spread)
	for i := range all {
		l := &all[i]
		l.settle(weights, sharpness)
		across, sum := 0.0, 0.0
		for n, x := range l.signals {
			z := dot(weights, x)
			p := logistic(l.intercept + sharpness*z)
			c := l.counts[n] * p * (1 - p)
			slope += l.counts[n] * (float64(btoi(l.picked[n])) - p) * z
			curve += c * z * z
			across += c * z
			sum += c
		}
		if sum > 0 {
			curve -= across * across / sum
		}
	}
	step := min(longestStep, max(-longestStep, slope/curve))
	return min(mostSharp, max(leastSharp, sharpness+step))
}

// settle gives a lesson the intercept that fits best beside some weights.
func (l *lesson) settle(weights [ruleCount]float64, sharpness float64) {
	for range learnSteps {
		slope, curve := 0.0, 0.0
		for n, x := range l.signals {
			p := logistic(l.intercept + sharpness*dot(weights, x))
			slope += l.counts[n] * (float64(btoi(l.picked[n])) - p)
			curve += l.counts[n] * p * (1 - p)
		}
		if curve <= 0 {
			return
		}
		step := min(1, max(-1, slope/curve))
		if l.intercept += step; math.Abs(step) < learnedEnough {
			return
		}
	}
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func dot(a, b [ruleCount]float64) (sum float64) {
	for k := range a {
		sum += a[k] * b[k]
	}
	return sum
}

// solve solves a system whose matrix is symmetric and positive definite, of which the
// lower half is given (Cholesky).
func solve(m [ruleCount][ruleCount]float64, right [ruleCount]float64) (x [ruleCount]float64) {
	for i := range ruleCount {
		for j := range i + 1 {
			sum := m[i][j]
			for k := range j {
				sum -= m[i][k] * m[j][k]
			}
			if i == j {
				m[i][i] = math.Sqrt(max(sum, 1e-12))
			} else {
				m[i][j] = sum / m[j][j]
			}
		}
	}
	for i := range ruleCount {
		sum := right[i]
		for k := range i {
			sum -= m[i][k] * x[k]
		}
		x[i] = sum / m[i][i]
	}
	for i := ruleCount - 1; i >= 0; i-- {
		sum := x[i]
		for k := i + 1; k < ruleCount; k++ {
			sum -= m[k][i] * x[k]
		}
		x[i] = sum / m[i][i]
	}
	return x
}
