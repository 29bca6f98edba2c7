package reading

import (
	"context"
	"time"

	"postbag/digest"
	"postbag/digest/suggest"
)

// What the rules say of an issue's comments is worked out once and kept in memory for
// as long as nothing that they look at has changed.
const (
	keptFor    = 10 * time.Minute // posts and picks of other issues change it a little
	mostKept   = 8                // issues
	mostJudged = 5 * time.Minute  // that the work may take
)

// fingerprint changes with the comments that the rules are applied to.
type fingerprint struct {
	offered int
	newest  int64 // comment
	changed time.Time
	post    int64  // the newest
	tuning  string // of the rules
}

// judged is what the rules say of the comments of one issue.
type judged struct {
	of      fingerprint
	at      time.Time
	said    map[int64]suggest.Suggestion
	running chan struct{} // closed when the work that is under way ends; nil for none
}

// judgement gives what the rules say of an issue's comments, by comment, and whether
// that is of what is stored now. Where it is not it is worked out beside, and waited for
// a moment.
func (s *Service) judgement(ctx context.Context, issue digest.Issue, of fingerprint) (map[int64]suggest.Suggestion, bool) {
	s.mu.Lock()
	j := s.kept[issue.ID]
	if j == nil {
		for id := range s.kept {
			if len(s.kept) >= mostKept {
				delete(s.kept, id)
			}
		}
		j = &judged{}
		s.kept[issue.ID] = j
	}
	fresh := func() bool { return j.said != nil && j.of == of && s.clock.Now().Sub(j.at) < keptFor }
	if fresh() {
		defer s.mu.Unlock()
		return j.said, true
	}
	if j.running == nil {
		j.running = make(chan struct{})
		go s.work(context.WithoutCancel(ctx), issue, of, j)
	}
	running := j.running
	s.mu.Unlock()
	patience := time.NewTimer(s.patience)
	defer patience.Stop()
	select {
	case <-running:
	case <-patience.C:
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return j.said, fresh()
}

// work applies the rules.
func (s *Service) work(ctx context.Context, issue digest.Issue, of fingerprint, j *judged) {
	ctx, cancel := context.WithTimeout(ctx, mostJudged)
	defer cancel()
	_, all, err := s.desk.Judge(ctx, issue)
	s.mu.Lock()
	defer s.mu.Unlock()
	close(j.running)
	j.running = nil
	if err != nil {
		s.log.WarnContext(ctx, "the comments go without reasons", "issue", issue.Number, "error", err)
		return
	}
	j.said, j.of, j.at = make(map[int64]suggest.Suggestion, len(all)), of, s.clock.Now()
	for _, one := range all {
		j.said[one.CommentID] = one
	}
}
