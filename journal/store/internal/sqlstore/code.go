package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"

	"flowbook/journal/fault"
	"flowbook/journal/provenance"
	"flowbook/journal/record"
)

// insertCode puts the description of a version of code into its table, where runs of the same code share it, and returns its id there.
func (t transaction) insertCode(ctx context.Context, text []byte) (id string, err error) {
	id = sha256Of(text)
	// The update holds the line against one who deletes what no run has.
	_, err = t.exec(ctx, "INSERT INTO code (id, text) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET text = excluded.text", id, string(text))
	return id, err
}

// deleteCodes deletes the versions of code that no run has any more.
func (t transaction) deleteCodes(ctx context.Context) error {
	_, err := t.exec(ctx, "DELETE FROM code WHERE id NOT IN (SELECT code_id FROM run WHERE code_id IS NOT NULL UNION SELECT code_id FROM attempt WHERE code_id IS NOT NULL)")
	return err
}

// readCodes fills in the code of runs that were scanned.
func (s *Store) readCodes(ctx context.Context, runs []*record.Run) error {
	wanted := map[string][]*record.Run{}
	for _, r := range runs {
		if r.CodeID == "" {
			continue
		}
		if code, ok := s.codes.get(r.CodeID); ok {
			r.Code = code
		} else {
			wanted[r.CodeID] = append(wanted[r.CodeID], r)
		}
		r.CodeID = ""
	}
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(wanted)), few) {
		args := make([]any, len(ids))
		for i, id := range ids {
			args[i] = id
		}
		err := s.rows(ctx, "SELECT id, text FROM code WHERE id IN ("+marks(len(ids))+")", args, func(rows *sql.Rows) error {
			var id, text string
			if err := rows.Scan(&id, &text); err != nil {
				return err
			}
			var code provenance.Code
			if err := json.Unmarshal([]byte(text), &code); err != nil {
				return fmt.Errorf("the code of run %s: %w: %w", wanted[id][0].ID, fault.ErrCorrupt, err)
			}
			for _, r := range wanted[id] {
				r.Code = code
			}
			s.codes.put(id, code)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// A codeCache keeps versions of code that were read, by their ids. What they point to must not be changed.
type codeCache struct {
	mu   sync.Mutex
	code map[string]provenance.Code
}

// maxCodes is how many versions are kept.
const maxCodes = 64

func (c *codeCache) get(id string) (provenance.Code, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	code, ok := c.code[id]
	return code, ok
}

func (c *codeCache) put(id string, code provenance.Code) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.code == nil || len(c.code) >= maxCodes {
		c.code = map[string]provenance.Code{}
	}
	c.code[id] = code
}
