package status_test

import (
	"testing"

	"postbag/digest/store/status"
	"postbag/digest/store/storetest"
)

func TestStatementsScanNoLargeTable(t *testing.T) {
	storetest.Plans(t, storetest.ManyReaders, status.Statements, func(y storetest.Years) map[string][]string {
		return map[string][]string{"oldest due": {y.Issue}}
	})
}
