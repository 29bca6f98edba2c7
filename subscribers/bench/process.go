package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"postbag/digest"
)

// Part is what one process does. It reads the part from its standard input, as JSON,
// and writes what came of it to its standard output; [Do] is its whole work.
type Part struct {
	Do          string `json:"do"`            // one of the alternatives, or what they need
	DSN         string `json:"dsn,omitempty"` // the database
	Readers     int    `json:"readers,omitempty"`
	Issues      int    `json:"issues,omitempty"` // how many to make
	Issue       int64  `json:"issue,omitempty"`  // the one to mail
	Mails       int    `json:"mails,omitempty"`
	Connections int    `json:"connections,omitempty"`
	Server      string `json:"server,omitempty"`  // of the mail, as host:port
	Latency     int64  `json:"latency,omitempty"` // of the server, in nanoseconds
}

// What the alternatives need.
const (
	preparing = "prepare" // makes the list and the issues
	serving   = "serve"   // takes the mails until its input ends
)

// The answers of a process, of which it gives those that its part asks for.
type (
	prepared struct {
		Issues []int64 `json:"issues"`
	}
	listening struct {
		Server string `json:"server"`
	}
	counted struct {
		Taken int `json:"taken"`
	}
	ready    struct{}
	goOn     struct{}
	measured struct {
		Began    int64  `json:"began"` // nanoseconds of Unix time
		Ended    int64  `json:"ended"`
		Sent     int    `json:"sent"`
		CPU      int64  `json:"cpu"`      // nanoseconds
		Allocs   uint64 `json:"allocs"`   // objects
		Resident int64  `json:"resident"` // bytes
		Begin    int64  `json:"begin"`    // nanoseconds
	}
)

// Starter makes the command that runs this program to do a part.
type Starter func(ctx context.Context) (*exec.Cmd, error)

// process is a part under way.
type process struct {
	part   Part
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *json.Decoder
	errors bytes.Buffer
}

// endTime is how long a process that was told to end may take.
const endTime = 10 * time.Second

// start begins a part.
func (b *Bench) start(ctx context.Context, part Part) (*process, error) {
	cmd, err := b.Start(ctx)
	if err != nil {
		return nil, err
	}
	p := &process{part: part, cmd: cmd}
	cmd.Stderr, cmd.WaitDelay = &p.errors, endTime
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = json.NewDecoder(out)
	if p.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, p.failed(err)
	}
	return p, p.say(part)
}

func (p *process) say(what any) error { return json.NewEncoder(p.in).Encode(what) }

// hear reads an answer. When there is none, the error is what the process said
// before its end.
func (p *process) hear(answer any) error {
	if err := p.out.Decode(answer); err != nil {
		return p.failed(first(p.end(), err))
	}
	return nil
}

// end lets the process come to its end.
func (p *process) end() error {
	p.in.Close() // it may have ended already
	return p.cmd.Wait()
}

func (p *process) failed(err error) error {
	said := strings.TrimPrefix(strings.TrimSpace(p.errors.String()), "postbag: ")
	if said == "" {
		said = err.Error()
	}
	return digest.Fail(digest.Unavailable, "", "measuring %s failed: %s", p.part.Do, said)
}

// stop ends a process that may still be at work.
func (p *process) stop() {
	p.in.Close()
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Kill() // it may have ended just now
		_ = p.cmd.Wait()
	}
}

func first(err, later error) error {
	if err != nil {
		return err
	}
	return later
}

// prepare makes the list of readers and the issues that are mailed to it.
func (b *Bench) prepare(ctx context.Context, part Part) ([]int64, error) {
	p, err := b.start(ctx, part)
	if err != nil {
		return nil, err
	}
	defer p.stop()
	var made prepared
	if err := p.hear(&made); err != nil {
		return nil, err
	}
	if len(made.Issues) != part.Issues {
		return nil, fmt.Errorf("%d issues were made of %d", len(made.Issues), part.Issues)
	}
	return made.Issues, p.end()
}

// measure has a server take the mails that workers send at the same time. The time
// is that from the first one's beginning to the last one's end.
func (b *Bench) measure(ctx context.Context, part Part, workers int, latency time.Duration) (s sample, err error) {
	server, err := b.start(ctx, Part{Do: serving, Latency: int64(latency)})
	if err != nil {
		return s, err
	}
	defer server.stop()
	var at listening
	if err := server.hear(&at); err != nil {
		return s, err
	}
	part.Server = at.Server
	all, err := b.atOnce(ctx, part, workers)
	if err != nil {
		return s, err
	}
	var sum measured
	for i, m := range all {
		if i == 0 || m.Began < sum.Began {
			sum.Began = m.Began
		}
		sum.Ended, sum.Begin = max(sum.Ended, m.Ended), max(sum.Begin, m.Begin)
		sum.Resident = max(sum.Resident, m.Resident)
		sum.Sent, sum.CPU, sum.Allocs = sum.Sent+m.Sent, sum.CPU+m.CPU, sum.Allocs+m.Allocs
	}
	if err := server.in.Close(); err != nil {
		return s, err
	}
	var at2 counted
	if err := server.hear(&at2); err != nil {
		return s, err
	}
	if at2.Taken != sum.Sent || sum.Sent < part.Mails {
		return s, digest.Fail(digest.Internal, "", "%s sent %d mails of %d, and the server took %d", part.Do, sum.Sent, part.Mails, at2.Taken)
	}
	mails := float64(sum.Sent)
	return sample{
		mails: sum.Sent, perSecond: mails / time.Duration(sum.Ended-sum.Began).Seconds(),
		cpu: time.Duration(sum.CPU).Seconds() / mails, allocs: float64(sum.Allocs) / mails,
		resident: sum.Resident, begin: time.Duration(sum.Begin),
	}, nil
}

// atOnce has several processes do the same part, from the moment on that all are
// ready.
func (b *Bench) atOnce(ctx context.Context, part Part, workers int) ([]measured, error) {
	var all []*process
	for range workers {
		p, err := b.start(ctx, part)
		if err != nil {
			return nil, err
		}
		defer p.stop()
		all = append(all, p)
	}
	for _, p := range all {
		if err := p.hear(&ready{}); err != nil {
			return nil, err
		}
	}
	for _, p := range all {
		if err := p.say(goOn{}); err != nil {
			return nil, err
		}
	}
	found := make([]measured, len(all))
	for i, p := range all {
		if err := p.hear(&found[i]); err != nil {
			return nil, err
		}
	}
	for _, p := range all {
		if err := p.end(); err != nil {
			return nil, p.failed(err)
		}
	}
	return found, nil
}
