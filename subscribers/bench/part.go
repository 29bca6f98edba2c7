package bench

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"postbag/digest"
	"postbag/subscribers/deliver"
	"postbag/subscribers/mail/sink"
)

// Parts are what a process that does a [Part] works with.
type Parts struct {
	// Open opens a database with a ledger, and makes it if need be.
	Open func(ctx context.Context, dsn string) (Store, error)
	// Transport gives the way to a mail server on this machine that listens at
	// host:port and speaks in clear.
	Transport func(server string) (deliver.Transport, error)
	Clock     digest.Clock
}

// Do does the part that comes in, and tells what came of it.
func Do(ctx context.Context, in io.Reader, out io.Writer, parts Parts) error {
	t := talk{in: json.NewDecoder(in), out: json.NewEncoder(out)}
	var part Part
	if err := t.in.Decode(&part); err != nil {
		return digest.Fail(digest.Invalid, "See: postbag bench deliver --help", "this is for the program itself: no part of a measurement came in: %w", err)
	}
	switch part.Do {
	case preparing:
		return prepare(ctx, t, part, parts)
	case serving:
		return serve(t, part)
	case Postbag:
		return sendByPostbag(ctx, t, part, parts)
	case GoMail:
		return sendByGoMail(ctx, t, part)
	case Raw:
		return sendRaw(ctx, t, part)
	}
	return digest.Fail(digest.Invalid, "See: postbag bench deliver --help", "%q is no part of a measurement", part.Do)
}

// talk is how a process talks with the one that leads.
type talk struct {
	in  *json.Decoder
	out *json.Encoder
}

// measure says that all is ready, waits for the word, and measures.
func (t talk) measure(do func() (sent int, err error)) error {
	return t.measureAfter(nil, do)
}

// measureAfter does what belongs to the memory of the process but not to the time of
// its mails first.
func (t talk) measureAfter(begin func() error, do func() (sent int, err error)) error {
	var took time.Duration
	if begin != nil {
		began := time.Now()
		if err := begin(); err != nil {
			return err
		}
		took = time.Since(began)
	}
	if err := t.out.Encode(ready{}); err != nil {
		return err
	}
	if err := t.in.Decode(&goOn{}); err != nil {
		return err
	}
	before, err := useOf()
	if err != nil {
		return err
	}
	start := time.Now()
	sent, err := do()
	end := time.Now()
	if err != nil {
		return err
	}
	after, err := useOf()
	if err != nil {
		return err
	}
	return t.out.Encode(measured{
		Began: start.UnixNano(), Ended: start.UnixNano() + int64(end.Sub(start)), Sent: sent,
		CPU: int64(after.cpu - before.cpu), Allocs: after.allocs - before.allocs, Resident: mostResident(), Begin: int64(took),
	})
}

// serve takes mails until the input ends.
func serve(t talk, part Part) (err error) {
	s, err := sink.Start()
	if err != nil {
		return err
	}
	defer func() { err = first(err, s.Close()) }()
	at := s.Addr()
	if part.Latency > 0 {
		line, err := sink.Lengthen(at, time.Duration(part.Latency))
		if err != nil {
			return err
		}
		defer line.Close()
		at = line.Addr()
	}
	if err := t.out.Encode(listening{Server: at}); err != nil {
		return err
	}
	if err := t.in.Decode(&goOn{}); err != io.EOF {
		return first(err, digest.Fail(digest.Internal, "", "the server was told something"))
	}
	return t.out.Encode(counted{Taken: s.Taken()})
}
