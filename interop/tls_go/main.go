// Writes and reads once; the exit code says whether it got in.
package main

import (
	"context"
	"log"
	"os"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	client, err := mongo.Connect(options.Client().ApplyURI(os.Args[1]))
	if err != nil {
		log.Fatal(err)
	}
	campaigns := client.Database("ads").Collection("campaigns")
	written, err := campaigns.InsertOne(ctx, bson.D{{Key: "by", Value: "go"}})
	if err != nil {
		log.Fatal(err)
	}
	var found bson.M
	if err := campaigns.FindOne(ctx, bson.D{{Key: "_id", Value: written.InsertedID}}).Decode(&found); err != nil {
		log.Fatal(err)
	}
	if found["by"] != "go" {
		log.Fatal("another document")
	}
}
