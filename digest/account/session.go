package account

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/alexedwards/scs/v2"

	"postbag/digest"
)

// How long a session lasts: after it was used last, and at all.
const (
	SessionIdle = 7 * 24 * time.Hour
	SessionLife = 30 * 24 * time.Hour
	// touchEvery is the least time between two moments at which a session is stored as
	// seen, so that reading a page writes nothing most of the time.
	touchEvery = 5 * time.Minute
)

// sessionValue is where a session manager keeps a [Session] among its values.
const sessionValue = "session"

// Codec writes the one value of a session as JSON, for [scs.SessionManager].
type Codec struct{}

type packedSession struct {
	Deadline time.Time `json:"deadline"`
	Session  Session   `json:"session"`
}

// Encode gives the JSON.
func (Codec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	in, _ := values[sessionValue].(Session)
	return json.Marshal(packedSession{deadline, in})
}

// Decode reads the JSON.
func (Codec) Decode(b []byte) (time.Time, map[string]any, error) {
	var p packedSession
	err := json.Unmarshal(b, &p)
	return p.Deadline, map[string]any{sessionValue: p.Session}, err
}

// Keeper keeps the sessions of an [scs.SessionManager] in the store: a [scs.CtxStore].
// What is stored is not the manager's bytes but a row with columns, so that
// sessions can be listed and ended; and the moments are those of the program's own
// clock.
type Keeper struct {
	Store Store
	Clock digest.Clock
}

var _ scs.CtxStore = Keeper{}

// FindCtx gives a session that has not run out.
func (k Keeper) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	now := k.Clock.Now()
	in, found, err := k.Store.Session(ctx, token, now, now.Add(-SessionLife))
	if err != nil || !found {
		return nil, false, err
	}
	b, err := json.Marshal(packedSession{time.Now().Add(SessionLife), in})
	return b, err == nil, err
}

// CommitCtx stores a session that has just begun, and now and then that one was seen.
// One that has ended meanwhile is not begun again.
func (k Keeper) CommitCtx(ctx context.Context, token string, b []byte, _ time.Time) error {
	var p packedSession
	if err := json.Unmarshal(b, &p); err != nil {
		return err
	}
	in, now := p.Session, k.Clock.Now()
	switch {
	case in.EditorID == 0: // nobody is signed in
		return nil
	case in.ID == 0:
		in.Began, in.Seen, in.Expires = now, now, now.Add(SessionIdle)
		return k.Store.AddSession(ctx, token, in)
	case now.Sub(in.Seen) < touchEvery:
		return nil
	}
	return k.Store.TouchSession(ctx, token, now, now.Add(SessionIdle))
}

// DeleteCtx ends a session.
func (k Keeper) DeleteCtx(ctx context.Context, token string) error {
	return k.Store.DropSession(ctx, token)
}

// Find, Commit and Delete are for callers without a context, of whom there are none.
func (k Keeper) Find(string) ([]byte, bool, error) { return nil, false, errNoContext }

// Commit needs a context.
func (k Keeper) Commit(string, []byte, time.Time) error { return errNoContext }

// Delete needs a context.
func (k Keeper) Delete(string) error { return errNoContext }

var errNoContext = fmt.Errorf("sessions are kept with a context")

// Browsers are the sessions as the pages see them: who is signed in, and by which
// cookie.
type Browsers struct{ *scs.SessionManager }

// Keeper gives what keeps the sessions.
func (s *Service) Keeper() Keeper { return Keeper{Store: s.store, Clock: s.clock} }

// Present gives the session of a request, if somebody is signed in.
func (b Browsers) Present(ctx context.Context) (Session, bool) {
	in, ok := b.Get(ctx, sessionValue).(Session)
	return in, ok && in.EditorID != 0
}

// Begin signs an editor in, under a new token: whoever knew the one before knows
// nothing.
func (b Browsers) Begin(ctx context.Context, in Session) error {
	if err := b.RenewToken(ctx); err != nil {
		return err
	}
	in.ID = 0
	b.Put(ctx, sessionValue, in)
	return nil
}
