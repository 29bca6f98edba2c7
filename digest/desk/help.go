package desk

import (
	"cmp"
	"context"
	"slices"

	"postbag/digest"
	"postbag/digest/cut"
	"postbag/digest/suggest"
)

// HelpsOff gives those of the further helps of [suggest.AllHelps] that a series does
// without.
func (d *Desk) HelpsOff(ctx context.Context, seriesID int64) (map[suggest.Rule]bool, error) {
	all, err := d.store.RulesOff(ctx, seriesID)
	off := map[suggest.Rule]bool{}
	for _, r := range all {
		off[r] = true
	}
	return off, err
}

// Languages gives those of the blogs, BCP 47, by the ids of the sources.
func (d *Desk) Languages(ctx context.Context) (map[int64]string, error) {
	sources, err := d.store.Sources(ctx)
	of := make(map[int64]string, len(sources))
	for _, s := range sources {
		of[s.ID] = s.Language
	}
	return of, err
}

// lines gives the sentences of a comment that may be lifted out of it, of those that are
// kept: at most three, the best first.
func (d *Desk) lines(ctx context.Context, t Trimming) (all []digest.Range, err error) {
	off, err := d.HelpsOff(ctx, t.Series.ID)
	if err != nil || off[suggest.LinesToLift] || t.Changed {
		return nil, err
	}
	languages, err := d.Languages(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range suggest.Lines(t.Comment.Body, languages[t.Comment.SourceID]) {
		if len(cut.Line(t.Comment.Body, t.Block.Kept, r)) > 0 {
			all = append(all, r)
		}
	}
	return all, nil
}

// Pair tells of the rows of an issue which belong together: what an answer answers, and
// which say much the same.
func (d *Desk) Pair(ctx context.Context, issue digest.Issue, rows []Row) error {
	off, err := d.HelpsOff(ctx, issue.SeriesID)
	if err != nil || off[suggest.PairsOfPicks] {
		return err
	}
	languages, err := d.Languages(ctx)
	if err != nil {
		return err
	}
	var picks []digest.Comment
	at := map[int64]int{} // the row of a comment, from 0
	for i, r := range rows {
		if r.Kind == digest.PickBlock {
			c := r.Comment.Comment
			c.Body = r.Words
			picks = append(picks, c)
			at[c.ID] = i
		}
	}
	for _, p := range suggest.Pairs(picks, languages) {
		first, second := at[p.First], at[p.Second]
		switch p.Pairing {
		case suggest.AnswersIt:
			if q := p.InFirst[0]; rows[second].Answers == first+1 {
				rows[second].Question = rows[first].Words.Text()[q.Start:q.End]
			}
		case suggest.SaysSame:
			later, before := &rows[max(first, second)], min(first, second)
			isAnswer := later.Answers == before+1 || rows[before].Answers == max(first, second)+1
			if later.Alike == 0 && !isAnswer {
				later.Alike = before + 1
			}
		}
	}
	return nil
}

// Voices are those that the picks of an issue leave out, or have again and again.
type Voices struct {
	Issue digest.Issue
	// Off tells that the series does without this help; then nothing was looked at.
	Off bool
	// Posts have ten comments or more that the issue could pick, and no pick.
	Posts []UnheardPost
	// Often are writers of its picks whom three of the last five issues picked.
	Often []string
	// FirstTime are comments of writers who never wrote before, not picked: the newest
	// of them, and Newcomers how many there are.
	FirstTime []digest.Candidate
	Newcomers int
}

// UnheardPost is a post of which nothing is picked.
type UnheardPost struct {
	ID       int64
	Title    string // or its address
	Comments int
}

const (
	// firstTimeListed bounds how many first comments are listed.
	firstTimeListed = 20
	// picksLookedBack is among how many of the newest picks the last issues' are.
	picksLookedBack = 1000
)

// Voices tells whose voices the picks of an issue leave out.
func (d *Desk) Voices(ctx context.Context, ref Ref) (v Voices, err error) {
	if v.Issue, _, err = d.Issue(ctx, ref); err != nil {
		return v, err
	}
	off, err := d.HelpsOff(ctx, v.Issue.SeriesID)
	if err != nil || off[suggest.MissingVoices] {
		v.Off = off[suggest.MissingVoices]
		return v, err
	}
	candidates, err := d.Candidates(ctx, v.Issue)
	if err != nil {
		return v, err
	}
	known, err := d.knownWriters(ctx, v.Issue, candidates)
	if err != nil {
		return v, err
	}
	earlier, err := d.writersBefore(ctx, v.Issue)
	if err != nil {
		return v, err
	}
	picked := map[int64]bool{}
	for _, id := range v.Issue.Picked() {
		picked[id] = true
	}
	u := suggest.Unheard(candidates, picked, earlier, known)
	v.Often, v.Newcomers = u.Often, len(u.FirstTime)
	count, byID := map[int64]int{}, map[int64]digest.Candidate{}
	title := map[int64]string{}
	for _, c := range candidates {
		count[c.PostID]++
		byID[c.ID], title[c.PostID] = c, cmp.Or(c.PostTitle, c.PostURL, "an untitled post")
	}
	for _, id := range u.Posts {
		v.Posts = append(v.Posts, UnheardPost{id, title[id], count[id]})
	}
	for _, id := range u.FirstTime {
		v.FirstTime = append(v.FirstTime, byID[id])
	}
	slices.SortStableFunc(v.FirstTime, func(a, b digest.Candidate) int { return b.DatedAt().Compare(a.DatedAt()) })
	v.FirstTime = v.FirstTime[:min(len(v.FirstTime), firstTimeListed)]
	return v, nil
}

// writersBefore gives the writers of the picks of the issues before one, the newest
// issue first.
func (d *Desk) writersBefore(ctx context.Context, issue digest.Issue) ([][]string, error) {
	picks, err := d.store.NewestPicks(ctx, issue.SeriesID, issue.ID, picksLookedBack)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(picks))
	for i, c := range picks {
		ids[i] = c.ID
	}
	in, err := d.store.PickedIn(ctx, issue.SeriesID, issue.ID, ids)
	if err != nil {
		return nil, err
	}
	by := map[int][]string{}
	for _, c := range picks {
		if n := in[c.ID]; n < issue.Number {
			by[n] = append(by[n], c.Author)
		}
	}
	var numbers []int
	for n := range by {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	slices.Reverse(numbers)
	writers := make([][]string, len(numbers))
	for i, n := range numbers {
		slices.Sort(by[n])
		writers[i] = slices.Compact(by[n]) // once an issue
	}
	return writers, nil
}
