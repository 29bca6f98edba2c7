package bench

import (
	"context"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// share runs a function once for each connection, and gives the mails that all sent
// and the first error. The mails are numbered; a connection has every so manieth.
func share(part Part, send func(begin, step int) (int, error)) (int, error) {
	var sent atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, part.Connections)
	for c := range part.Connections {
		wg.Go(func() {
			n, err := send(c, part.Connections)
			sent.Add(int64(n))
			errs[c] = err
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return int(sent.Load()), err
		}
	}
	return int(sent.Load()), nil
}

// sendByGoMail sends as the library's users do: a client for each connection, and one
// message made and sent after another. Nothing is written down. The mails are the same
// for all but for the address, which is less work than a personal link in each.
func sendByGoMail(ctx context.Context, t talk, part Part) error {
	host, number, err := net.SplitHostPort(part.Server)
	if err != nil {
		return err
	}
	port, err := strconv.Atoi(number)
	if err != nil {
		return err
	}
	all := issue(time.Now())
	compose := func(to string) (*gomail.Msg, error) {
		m := gomail.NewMsg()
		if err := m.From(senderAddress); err != nil {
			return nil, err
		}
		if err := m.To(to); err != nil {
			return nil, err
		}
		m.Subject(all.Subject)
		m.SetBodyString(gomail.TypeTextPlain, all.Text)
		m.AddAlternativeString(gomail.TypeTextHTML, all.HTML)
		return m, nil
	}
	return t.measure(func() (int, error) {
		return share(part, func(begin, step int) (sent int, err error) {
			client, err := gomail.NewClient(host, gomail.WithPort(port), gomail.WithTLSPolicy(gomail.NoTLS))
			if err != nil {
				return 0, err
			}
			if begin >= part.Mails {
				return 0, nil
			}
			if err := client.DialWithContext(ctx); err != nil {
				return 0, err
			}
			defer func() { err = first(err, client.Close()) }()
			for i := begin; i < part.Mails; i += step {
				m, err := compose(addressOf(i + 1))
				if err != nil {
					return sent, err
				}
				if err := client.Send(m); err != nil {
					return sent, err
				}
				sent++
			}
			return sent, nil
		})
	})
}
