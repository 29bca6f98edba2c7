package suggest_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"postbag/digest"
	"postbag/digest/suggest"
)

// editor is an invented one, with a taste that nobody is told.
type editor struct {
	name  string
	taste suggest.Taste
}

func tasteOf(weights map[suggest.Rule]float64) suggest.Taste {
	var t suggest.Taste
	for _, r := range suggest.AllRules() {
		if w, isSet := weights[r]; isSet {
			t = t.WithWeight(r, w)
		}
	}
	return t
}

var editors = []editor{
	{"the prior", suggest.Taste{}},
	{"a reporter", tasteOf(map[suggest.Rule]float64{suggest.News: 2.5, suggest.GivesSource: 2.2, suggest.Concrete: 2.4, suggest.Length: 0.6, suggest.FirstHand: 0})},
	{"a listener", tasteOf(map[suggest.Rule]float64{suggest.Feeling: 2.4, suggest.FirstHand: 2.6, suggest.Length: 0.8, suggest.Concrete: -0.4, suggest.Argues: -0.5})},
	{"a friend of short ones", tasteOf(map[suggest.Rule]float64{suggest.Length: 0.3, suggest.Otherwise: 1.8, suggest.AsksRoom: 2, suggest.Argues: 1.5, suggest.LeansOnThread: 0})},
	{"a debater", tasteOf(map[suggest.Rule]float64{suggest.Argues: 2.6, suggest.Otherwise: 2, suggest.Proposes: 2.3, suggest.FirstHand: -0.5, suggest.Quarrels: 0})},
	{"a friend of threads", tasteOf(map[suggest.Rule]float64{suggest.AnswersOne: 2.2, suggest.OnPost: 2, suggest.DrewAnswers: 2, suggest.LeansOnThread: 0.5, suggest.Length: 1})},
}

// Of each issue.
const (
	shownOf  = 250
	picksOf  = 20
	judgedOn = 20 // issues
)

// signals are those of all invented comments at hand.
func allSignals(t testing.TB) (all []suggest.Signals) {
	for _, language := range languages {
		m := readMarked(t, language+".txt")
		rules := suggest.Rules{Posts: []digest.Post{m.post}, Languages: map[int64]string{1: language}}
		for _, s := range rules.Suggest(m.candidates) {
			all = append(all, s.Signals)
		}
	}
	candidates, posts := demoBlog(t)
	for _, s := range (suggest.Rules{Posts: posts, Languages: map[int64]string{0: "en"}}).Suggest(candidates) {
		all = append(all, s.Signals)
	}
	return all
}

// issue draws the comments of an issue: such signals, each a little more or less.
func issue(r *rand.Rand, pool []suggest.Signals) []suggest.Signals {
	out := make([]suggest.Signals, shownOf)
	for i := range out {
		out[i] = pool[r.IntN(len(pool))]
		for k := range out[i] {
			out[i][k] = min(1, out[i][k]*(0.7+0.6*r.Float64()))
		}
	}
	return out
}

// best gives the indexes of the greatest sums.
func best(of []suggest.Signals, worth func(suggest.Signals) float64) []int {
	order, sums := make([]int, len(of)), make([]float64, len(of))
	for i, s := range of {
		order[i], sums[i] = i, worth(s)
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if sums[a] > sums[b] {
			return -1
		}
		return 1
	})
	return order[:picksOf]
}

// picks is what an editor picks, who is no machine.
func (e editor) picks(r *rand.Rand, of []suggest.Signals) []int {
	const whim = 0.35
	return best(of, func(s suggest.Signals) float64 {
		return e.taste.Score(s) - whim*math.Log(-math.Log(r.Float64()))
	})
}

func both(a, b []int) (n int) {
	for _, x := range a {
		if slices.Contains(b, x) {
			n++
		}
	}
	return n
}

// TestEditorsAreLearned: after one issue a taste that nobody was told is known by three
// quarters, after four by nine tenths, in picks of later issues that are suggested; and
// where it is the one at the start, learning loses no more than a pick.
func TestEditorsAreLearned(t *testing.T) {
	pool := allSignals(t)
	for n, e := range editors {
		r := rand.New(rand.NewPCG(41, uint64(n)))
		var seen [][]suggest.Shown
		taste := suggest.Taste{}
		hits := func(of suggest.Taste) (ours, knowing float64) {
			r := rand.New(rand.NewPCG(7, uint64(n)))
			for range judgedOn {
				comments := issue(r, pool)
				picked := e.picks(r, comments)
				ours += float64(both(best(comments, of.Score), picked)) / judgedOn
				knowing += float64(both(best(comments, e.taste.Score), picked)) / judgedOn
			}
			return ours, knowing
		}
		start, knowing := hits(taste)
		after := map[int]float64{}
		for week := 1; week <= 8; week++ {
			comments := issue(r, pool)
			offered, picked := best(comments, taste.Score), e.picks(r, comments)
			shown := make([]suggest.Shown, len(comments))
			for i, s := range comments {
				shown[i] = suggest.Shown{Signals: s, Picked: slices.Contains(picked, i), Suggested: slices.Contains(offered, i)}
			}
			seen = append(seen, shown)
			taste = suggest.Learn(suggest.Taste{}, seen)
			after[week], _ = hits(taste)
		}
		t.Logf("%-24s of %d picks: start %.1f, after one %.1f, four %.1f, eight %.1f; who knows %.1f", e.name, picksOf, start, after[1], after[4], after[8], knowing)
		if n == 0 {
			if after[1] < knowing-1 || after[4] < knowing-1 {
				t.Errorf("%s: learning loses more than a pick", e.name)
			}
			continue
		}
		if after[1] < 0.75*knowing || after[4] < 0.9*knowing {
			t.Errorf("%s: %.0f %% after one issue, %.0f %% after four", e.name, 100*after[1]/knowing, 100*after[4]/knowing)
		}
	}
}

// TestLearnKeepsItsBounds: nothing is learned before the first issue of eight picks, no
// weight leaves its start by more than two, and the same issues give the same taste.
func TestLearnKeepsItsBounds(t *testing.T) {
	signal := func(r suggest.Rule) (s suggest.Signals) {
		if err := json.Unmarshal([]byte(`{"`+string(r)+`":1}`), &s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	week := func(picks int) (shown []suggest.Shown) {
		for i := range 200 {
			shown = append(shown, suggest.Shown{Signals: signal([]suggest.Rule{suggest.News, suggest.Length}[btoi(i >= picks)]), Picked: i < picks})
		}
		return shown
	}
	if got := suggest.Learn(suggest.Taste{}, [][]suggest.Shown{week(7), nil, week(0)}); !reflect.DeepEqual(got, suggest.Taste{}) {
		t.Errorf("of seven picks it learns %+v", got)
	}
	var many [][]suggest.Shown
	for range 40 {
		many = append(many, week(30))
	}
	taste := suggest.Learn(suggest.Taste{}, append([][]suggest.Shown{week(3)}, many...))
	if taste.Issues != 40 || taste.Picks != 1200 || taste.Learned(suggest.News) != 2 || taste.Learned(suggest.Length) != -2 || taste.Learned(suggest.Feeling) != 0 {
		t.Errorf("learned from %d picks in %d issues: news %v, length %v, feeling %v", taste.Picks, taste.Issues,
			taste.Learned(suggest.News), taste.Learned(suggest.Length), taste.Learned(suggest.Feeling))
	}
	if again := suggest.Learn(suggest.Taste{}, many); !reflect.DeepEqual(again, taste) {
		t.Error("the same issues give two tastes")
	}
	stored, err := json.Marshal(taste)
	if err != nil {
		t.Fatal(err)
	}
	var read suggest.Taste
	if err := json.Unmarshal(stored, &read); err != nil || !reflect.DeepEqual(read, taste) {
		t.Errorf("%s is read as %+v, %v", stored, read, err)
	}
	if err := json.Unmarshal([]byte(`{"learned":{"news":1,"of-another-time":2}}`), &read); err != nil || read.Of(suggest.News) != 1.5 {
		t.Errorf("a rule of another time: %+v, %v", read, err)
	}
	// An issue of long ago counts less than one of today.
	var turned [][]suggest.Shown
	dull := week(30)
	for i := range dull {
		dull[i].Picked = !dull[i].Picked && i < 60
	}
	for range 30 {
		turned = append(turned, dull)
	}
	turned = append(turned, many[:30]...)
	if got := suggest.Learn(suggest.Taste{}, turned); got.Learned(suggest.News) <= 0 {
		t.Errorf("the old issues outweigh the new ones: %v", got.Learned(suggest.News))
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
