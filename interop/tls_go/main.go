// Writes and reads once; the exit code says whether it got in. With TOKENS it logs in by them.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

var (
	tokens = strings.Fields(os.Getenv("TOKENS"))
	shown  atomic.Int32
)

func given(_ context.Context, asked *options.OIDCArgs) (*options.OIDCCredential, error) {
	if os.Getenv("FLOW") == "human" {
		info := asked.IDPInfo
		told := strings.Join(append([]string{info.Issuer, info.ClientID}, info.RequestScopes...), " ")
		if told != os.Getenv("TOLD") {
			return nil, fmt.Errorf("told %q", told)
		}
	}
	next := min(int(shown.Add(1)), len(tokens))
	return &options.OIDCCredential{AccessToken: tokens[next-1]}, nil
}

func configured() *options.ClientOptions {
	chosen := options.Client().ApplyURI(os.Args[1])
	if len(tokens) == 0 {
		return chosen
	}
	credential := options.Credential{AuthMechanism: "MONGODB-OIDC"}
	if os.Getenv("FLOW") == "human" {
		credential.OIDCHumanCallback = given
	} else {
		credential.OIDCMachineCallback = given
	}
	return chosen.SetAuth(credential)
}

func writeAndRead(ctx context.Context, campaigns *mongo.Collection) error {
	written, err := campaigns.InsertOne(ctx, bson.D{{Key: "by", Value: "go"}})
	if err != nil {
		return err
	}
	var found bson.M
	err = campaigns.FindOne(ctx, bson.D{{Key: "_id", Value: written.InsertedID}}).Decode(&found)
	if err == nil && found["by"] != "go" {
		err = fmt.Errorf("another document: %v", found)
	}
	return err
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	client, err := mongo.Connect(configured())
	if err != nil {
		log.Fatal(err)
	}
	for again := true; again; again = int(shown.Load()) < len(tokens) {
		if err := writeAndRead(ctx, client.Database("ads").Collection("campaigns")); err != nil {
			log.Fatal(err)
		}
	}
}
