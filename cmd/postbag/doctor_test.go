package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	msgauth "github.com/emersion/go-msgauth/dkim"
	"golang.org/x/net/dns/dnsmessage"

	"postbag/digest"
)

// nameServer answers for texts alone, on loopback, until the test ends.
func nameServer(t *testing.T, texts map[string]string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	wait.Go(func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if errors.Is(err, net.ErrClosed) {
				return
			}
			var query dnsmessage.Message
			if err != nil || query.Unpack(buf[:n]) != nil || len(query.Questions) != 1 {
				continue
			}
			q := query.Questions[0]
			out := dnsmessage.Message{Header: dnsmessage.Header{ID: query.ID, Response: true, RecursionAvailable: true}, Questions: query.Questions}
			text, known := texts[strings.TrimSuffix(q.Name.String(), ".")]
			switch {
			case !known:
				out.RCode = dnsmessage.RCodeNameError
			case q.Type == dnsmessage.TypeTXT:
				var parts []string
				for ; len(text) > 255; text = text[255:] {
					parts = append(parts, text[:255])
				}
				out.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}, Body: &dnsmessage.TXTResource{TXT: append(parts, text)}}}
			}
			if packed, err := out.Pack(); err == nil {
				_, _ = conn.WriteTo(packed, from)
			}
		}
	})
	t.Cleanup(func() {
		conn.Close()
		wait.Wait()
	})
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// TestDoctorFindsThePublishedKey: what keygen prints is what doctor looks for, before and
// after it is published, and what a test mail is signed with.
func TestDoctorFindsThePublishedKey(t *testing.T) {
	in := &installation{t: t, dir: t.TempDir()}
	key := filepath.Join(in.dir, "dkim.pem")
	in.flags = []string{"--from", "post@bus.example", "--smtp", "outbox:" + filepath.Join(in.dir, "outbox"), "--db", filepath.Join(in.dir, "postbag.db"), "--listen", "127.0.0.1:1"}
	made := listed[dkimRow](in, "dkim", "keygen", "--out", key)[0]
	in.flags = append(in.flags, "--dkim-key-file", "postbag="+key)
	in.must("db", "migrate")

	texts := map[string]string{"bus.example": "v=spf1 -all", "_dmarc.bus.example": "v=DMARC1; p=none"}
	ask := func() map[string]doctorRow {
		t.Helper()
		var out bytes.Buffer
		p := &Program{Args: append(append([]string{}, in.flags...), "doctor", "--json"), Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Clock: digest.SystemClock{}, Resolver: nameServer(t, texts)}
		if err := p.Run(t.Context()); digest.KindOf(err) != digest.Unavailable { // nothing answers for the domain's mail
			t.Fatalf("%v\n%s", err, out.String())
		}
		var rows []doctorRow
		if err := json.Unmarshal(out.Bytes(), &rows); err != nil {
			t.Fatalf("%v\n%s", err, out.String())
		}
		by := map[string]doctorRow{}
		for _, r := range rows {
			by[r.About] = r
		}
		return by
	}
	if got := ask()["dkim"]; got.Grade != "wrong" || got.Publish != made.Zone {
		t.Errorf("before it is published: %+v, want to publish %s", got, made.Zone)
	}
	texts[made.Name] = made.Value
	by := ask()
	for about, grade := range map[string]string{"dkim": "good", "dmarc": "good", "server": "look", "pages": "look", "clock": "unknown", "disk": "good", "backups": "look"} {
		if got := by[about]; got.Grade != grade {
			t.Errorf("%s: %+v, want %s", about, got, grade)
		}
	}

	// The test mail that doctor sends holds by the very record.
	_, _ = in.run("doctor", "--mail", "anna@reader.example") // what it says of the network does not matter
	files, err := filepath.Glob(filepath.Join(in.dir, "outbox", "*.eml"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	mail, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	all, err := msgauth.VerifyWithOptions(bytes.NewReader(mail), &msgauth.VerifyOptions{LookupTXT: func(name string) ([]string, error) { return []string{texts[name]}, nil }})
	if err != nil || len(all) != 1 || all[0].Err != nil || all[0].Domain != "bus.example" {
		t.Errorf("%+v, %v", all, err)
	}
}
