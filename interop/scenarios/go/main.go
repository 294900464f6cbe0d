// The Go driver as an application of one organization, then as an attacker on the other.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
)

const (
	campaigns = 5
	days      = 300
)

var (
	ctx          = context.Background()
	throughProxy = os.Getenv("MODE") == "proxy"
	own          = organization("OWN_ORG")
	other        = organization("OTHER_ORG")
)

func organization(variable string) bson.ObjectID {
	id, err := bson.ObjectIDFromHex(os.Getenv(variable))
	if err != nil {
		panic(err)
	}
	return id
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func same[T comparable](actual, expected T) {
	if actual != expected {
		panic(fmt.Errorf("%v (expected: %v)", actual, expected))
	}
}

func refused(err error, codes ...int) {
	if len(codes) == 0 {
		codes = []int{13}
	}
	var failure mongo.ServerError
	if !errors.As(err, &failure) {
		panic(fmt.Errorf("was not refused: %v", err))
	}
	if strings.Contains(err.Error(), "SECRET") {
		panic(errors.New("the error shows a value"))
	}
	for _, code := range codes {
		if failure.HasErrorCode(code) {
			return
		}
	}
	panic(fmt.Errorf("%v (expected: one of %v)", err, codes))
}

func connect(user, password, portVariable, query string) *mongo.Client {
	uri := fmt.Sprintf("mongodb://org-%s:%s@127.0.0.1:%s/?authSource=admin%s",
		user, password, os.Getenv(portVariable), query)
	if compressors := os.Getenv("COMPRESSORS"); compressors != "" {
		uri += "&compressors=" + compressors
	}
	return must(mongo.Connect(options.Client().ApplyURI(uri).
		SetServerSelectionTimeout(10 * time.Second)))
}

func application(query string) *mongo.Client {
	return connect(own.Hex(), os.Getenv("OWN_PASSWORD"), "PORT", query)
}

func ownCount(cursor *mongo.Cursor, err error) int {
	if err != nil {
		panic(err)
	}
	var rows []bson.M
	if err := cursor.All(ctx, &rows); err != nil {
		panic(err)
	}
	for _, row := range rows {
		same(row["organization_id"].(bson.ObjectID), own)
	}
	return len(rows)
}

// transact commits one transaction and aborts another.
func transact(client *mongo.Client) {
	c := client.Database("ads").Collection("campaigns")
	session := must(client.StartSession())
	defer session.EndSession(ctx)
	must(session.WithTransaction(ctx, func(in context.Context) (any, error) {
		if _, err := c.InsertOne(in, bson.M{"_id": "go-t", "n": 1}); err != nil {
			return nil, err
		}
		if _, err := c.UpdateOne(in, bson.M{"_id": "go-t"}, bson.M{"$inc": bson.M{"n": 1}}); err != nil {
			return nil, err
		}
		cursor, err := client.Database("ads").Collection("daily_stats").
			Find(in, bson.M{}, options.Find().SetBatchSize(70))
		same(ownCount(cursor, err), days)
		return nil, nil
	}, options.Transaction().SetReadConcern(readconcern.Snapshot())))
	same(must(c.CountDocuments(ctx, bson.M{"_id": "go-t", "n": 2})), 1)

	_, err := session.WithTransaction(ctx, func(in context.Context) (any, error) {
		must(c.DeleteMany(in, bson.M{}))
		return nil, errors.New("enough")
	})
	if err == nil || err.Error() != "enough" {
		panic(fmt.Errorf("%v (expected: enough)", err))
	}
	same(must(c.CountDocuments(ctx, bson.M{})), campaigns+1)
	same(must(c.DeleteOne(ctx, bson.M{"_id": "go-t"})).DeletedCount, 1)
}

func reads(client *mongo.Client) {
	ads := client.Database("ads")
	same(ownCount(ads.Collection("campaigns").Find(ctx, bson.M{})), campaigns)
	same(ownCount(ads.Collection("daily_stats").Find(ctx, bson.M{}, options.Find().SetBatchSize(70))), days)
	same(ownCount(ads.Collection("campaigns").Find(ctx, bson.M{"organization_id": other})), 0)
	same(ownCount(ads.Collection("campaigns").Aggregate(ctx,
		[]bson.M{{"$match": bson.M{"budget": bson.M{"$gt": 100}}}})), campaigns-1)
}

func writes(client *mongo.Client) {
	c := client.Database("ads").Collection("campaigns")
	must(c.InsertMany(ctx, []any{bson.M{"_id": "go-1"}, bson.M{"_id": "go-2"}}))
	same(must(c.UpdateMany(ctx, bson.M{"_id": bson.M{"$in": bson.A{"go-1", "go-2"}}},
		bson.M{"$set": bson.M{"x": 1}})).ModifiedCount, 2)
	same(ownCount(c.Find(ctx, bson.M{"x": 1})), 2)
	same(must(c.DeleteMany(ctx, bson.M{"x": 1})).DeletedCount, 2)
}

// letter writes and reads 15 MB in which nothing is new.
func letter(client *mongo.Client) {
	c := client.Database("ads").Collection("campaigns")
	text := strings.Repeat("x", 15_000_000)
	must(c.InsertOne(ctx, bson.M{"_id": "go-letter", "text": text}))
	var found struct{ Text string }
	if err := c.FindOne(ctx, bson.M{"_id": "go-letter"}).Decode(&found); err != nil {
		panic(err)
	}
	same(found.Text == text, true)
	must(c.DeleteOne(ctx, bson.M{"_id": "go-letter"}))
}

func sessions(client *mongo.Client) {
	c := client.Database("ads").Collection("campaigns")
	causal := must(client.StartSession(options.Session().SetCausalConsistency(true)))
	defer causal.EndSession(ctx)
	in := mongo.NewSessionContext(ctx, causal)
	for i := range 3 {
		id := fmt.Sprintf("go-c%d", i)
		must(c.InsertOne(in, bson.M{"_id": id}))
		same(must(c.CountDocuments(in, bson.M{"_id": id})), 1)
		must(c.DeleteOne(in, bson.M{"_id": id}))
	}
	snapshot := must(client.StartSession(options.Session().SetSnapshot(true)))
	defer snapshot.EndSession(ctx)
	at := mongo.NewSessionContext(ctx, snapshot)
	same(ownCount(c.Find(at, bson.M{})), campaigns)
}

func foreign(client *mongo.Client) {
	c := client.Database("ads").Collection("campaigns")
	same(must(c.UpdateMany(ctx, bson.M{"organization_id": other}, bson.M{"$set": bson.M{"name": "ATTACK"}})).MatchedCount, 0)
	same(must(c.DeleteMany(ctx, bson.M{"organization_id": other})).DeletedCount, 0)
	_, err := c.InsertOne(ctx, bson.M{"organization_id": other})
	refused(err)
	_, err = c.Find(ctx, bson.M{"$where": "1"})
	refused(err)
	_, err = client.Database("ads").Collection("secrets").Find(ctx, bson.M{})
	refused(err)
}

func theft(client *mongo.Client) {
	victim := connect(other.Hex(), os.Getenv("OTHER_PASSWORD"), "PORT", "")
	defer func() { _ = victim.Disconnect(ctx) }()
	session := must(victim.StartSession())
	defer session.EndSession(ctx)
	if err := session.StartTransaction(); err != nil {
		panic(err)
	}
	in := mongo.NewSessionContext(ctx, session)
	c := victim.Database("ads").Collection("campaigns")
	must(c.InsertOne(in, bson.M{"_id": "go-victim"}))
	for _, command := range []string{"commitTransaction", "abortTransaction"} {
		refused(client.Database("admin").RunCommand(ctx, bson.D{{Key: command, Value: 1},
			{Key: "lsid", Value: session.ID()}, {Key: "txnNumber", Value: int64(1)},
			{Key: "autocommit", Value: false}}).Err(), 251, 22)
	}
	if err := session.AbortTransaction(ctx); err != nil {
		panic(err)
	}
	same(must(c.CountDocuments(ctx, bson.M{"_id": "go-victim"})), 0)
}

func run(name string, attack bool, query, portVariable string, scenario func(*mongo.Client)) {
	result, detail := "ok", ""
	defer func() { fmt.Printf("CHECK\t%s\t%s\t%s\n", result, name, detail) }()
	if attack && !throughProxy {
		result, detail = "skip", "needs the proxy"
		return
	}
	defer func() {
		if failure := recover(); failure != nil {
			result = "fail"
			detail = strings.Join(strings.Fields(fmt.Sprint(failure)), " ")
		}
	}()
	client := connect(own.Hex(), os.Getenv("OWN_PASSWORD"), portVariable, query)
	defer func() { _ = client.Disconnect(ctx) }()
	scenario(client)
}

func main() {
	for _, mechanism := range []string{"SCRAM-SHA-1", "SCRAM-SHA-256"} {
		run("login with "+mechanism, false, "&authMechanism="+mechanism, "PORT", reads)
	}
	run("writes", false, "", "PORT", writes)
	run("a document of 15 MB with nothing but one letter, there and back", false, "", "PORT", letter)
	run("transactions", false, "", "PORT", transact)
	run("transactions over a load-balanced connection", true, "&loadBalanced=true", "PORT", transact)
	run("transactions with directConnection", false, "&directConnection=true", "PORT", transact)
	run("transactions where the connection string names a replica set", true, "&replicaSet=shop", "SET_PORT", transact)
	run("causal consistency and snapshots", false, "", "PORT", sessions)
	run("foreign documents are neither found nor written", true, "", "PORT", foreign)
	run("another organization's transaction is neither committed nor aborted", true, "", "PORT", theft)
}
