package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"postbag/digest/site"
)

// reply is an answer of the pages.
type reply struct {
	status int
	body   string
}

func (d *demo) get(ctx context.Context, page site.Page) (reply, error) {
	return d.request(ctx, http.MethodGet, d.site().URL(page), nil)
}

func (d *demo) request(ctx context.Context, method, address string, form url.Values) (reply, error) {
	const limit, bodyLimit = 20 * time.Second, 10 << 20
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return reply{}, err
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, bodyLimit))
	return reply{response.StatusCode, string(body)}, err
}

// signUp does what a reader does: the form, the mail, the link, the button.
func (d *demo) signUp(ctx context.Context, email string) error {
	step := func(what, method, address string, form url.Values) error {
		answer, err := d.request(ctx, method, address, form)
		if err == nil && answer.status != http.StatusOK {
			err = fmt.Errorf("%s answered %d", what, answer.status)
		}
		return err
	}
	if err := step("the form", http.MethodPost, d.site().URL(site.Subscribe), url.Values{"email": {email}}); err != nil {
		return err
	}
	link, err := d.confirmLink(ctx, email)
	if err != nil {
		return err
	}
	if err := step("the confirmation page", http.MethodGet, link, nil); err != nil {
		return err
	}
	return step("the confirmation", http.MethodPost, link, nil)
}

// confirmLink waits for the confirmation mail and takes the link from its text.
func (d *demo) confirmLink(ctx context.Context, email string) (link string, err error) {
	err = until(ctx, "a confirmation mail came", func() (bool, error) {
		mails, err := readOutbox(d.outbox())
		for _, m := range mails {
			for _, word := range strings.Fields(m.text) {
				if word = strings.Trim(word, "<>"); m.to == email && strings.HasPrefix(word, d.site().URL(site.Confirm, "")) {
					link = word
				}
			}
		}
		return link != "", err
	})
	return link, err
}

// readMail is a mail of the outbox, parsed.
type readMail struct {
	header     mail.Header
	to         string
	subject    string
	text, html string
	size       int
}

// readOutbox parses all mails of an outbox, by file name. A folder that is not
// there yet holds none.
func readOutbox(dir string) ([]readMail, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.eml"))
	if err != nil {
		return nil, err
	}
	var out []readMail
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		m, err := parseMail(raw)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f, err)
		}
		out = append(out, m)
	}
	return out, nil
}

// parseMail reads a message as multipart/alternative of text and HTML.
func parseMail(raw []byte) (readMail, error) {
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return readMail{}, err
	}
	m := readMail{header: msg.Header, size: len(raw)}
	to, err := mail.ParseAddress(msg.Header.Get("To"))
	if err != nil {
		return m, fmt.Errorf("the To field: %w", err)
	}
	m.to = to.Address
	if m.subject, err = new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject")); err != nil {
		return m, fmt.Errorf("the Subject field: %w", err)
	}
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		return m, fmt.Errorf("the content is %q and no multipart/alternative", kind)
	}
	parts := multipart.NewReader(msg.Body, params["boundary"])
	for {
		part, err := parts.NextPart() // which decodes quoted-printable
		if err == io.EOF {
			return m, nil
		}
		if err != nil {
			return m, err
		}
		b, err := io.ReadAll(part)
		if err != nil {
			return m, err
		}
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			m.html = string(b)
		} else {
			m.text = string(b)
		}
	}
}
