package mail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"

	"postbag/digest"
	"postbag/digest/disk"
	"postbag/subscribers/deliver"
	"postbag/subscribers/message"
)

// Outbox writes every message to a file of a directory instead of sending it.
// A message that is sent again replaces its file. It may be used from several
// goroutines.
type Outbox struct{ dir string }

var (
	_ deliver.Transport = (*Outbox)(nil)
	_ deliver.Conn      = (*Outbox)(nil)
)

// Connect makes the directory if need be and tries whether files can be written
// there.
func (o *Outbox) Connect(ctx context.Context) (deliver.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, o.failure(deliver.StageConnect, err)
	}
	if err := os.MkdirAll(o.dir, 0o700); err != nil {
		return nil, o.failure(deliver.StageConnect, err)
	}
	probe, err := os.CreateTemp(o.dir, ".probe-*")
	if err != nil {
		return nil, o.failure(deliver.StageConnect, err)
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return nil, o.failure(deliver.StageConnect, err)
	}
	return o, nil
}

func (o *Outbox) failure(stage deliver.Stage, err error) error {
	return &deliver.SendError{
		Stage: stage, Class: deliver.SenderSide, Broken: true,
		Err: digest.Fail(digest.Unavailable, "Check that the directory can be written to and has space, or choose another.",
			"the outbox %s cannot be written: %w", o.dir, err),
	}
}

// Send writes the message so that it is whole and on the disk when Send
// returns, or not there at all.
func (o *Outbox) Send(ctx context.Context, env deliver.Envelope, msg []byte) (deliver.Reply, error) {
	if err := message.CheckAddress("envelope", env.To); err != nil {
		return deliver.Reply{}, notSendable(deliver.StageRcpt, err)
	}
	if err := ctx.Err(); err != nil {
		return deliver.Reply{}, o.failure(deliver.StageMail, err)
	}
	name := fileName(env, msg)
	_, err := disk.Put(filepath.Join(o.dir, name), true, func(w io.Writer) error {
		_, err := w.Write(msg)
		return err
	})
	if err != nil {
		return deliver.Reply{}, o.failure(deliver.StageMail, err)
	}
	return deliver.Reply{Code: 250, Text: "written to " + name}, nil
}

// Close does nothing: every message is closed already.
func (o *Outbox) Close() error { return nil }

// fileName is the same whenever the same message goes to the same address, and
// sorts by the message's date.
func fileName(env deliver.Envelope, msg []byte) string {
	stamp, id := "undated", string(msg)
	if m, err := netmail.ReadMessage(bytes.NewReader(msg)); err == nil {
		if date, err := m.Header.Date(); err == nil {
			stamp = date.UTC().Format("20060102T150405Z")
		}
		if v := m.Header.Get("Message-Id"); v != "" {
			id = v
		}
	}
	sum := sha256.Sum256([]byte(id + "\x00" + env.To))
	return stamp + "-" + slug(env.To) + "-" + hex.EncodeToString(sum[:6]) + ".eml"
}

// slug makes a name that is a plain word on every file system.
func slug(email string) string {
	const most = 40
	s := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.', r == '-', r == '_':
			return r
		}
		return '-'
	}, strings.ToLower(email))
	return strings.Trim(s[:min(len(s), most)], "-.")
}
