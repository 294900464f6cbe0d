package io.bailiwick.demo;

import java.util.function.Predicate;
import org.bson.BsonDocument;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/**
 * One scene of the story.
 *
 * @param title what is tried
 * @param who the organization whose connection sends it
 * @param command what the application sends
 * @param received what must be true of the command MongoDB receives; null if it must receive none
 * @param answer what must be true of the answer, which holds {@code code} if it is an error
 * @param verdict what a reader should take away
 */
record Step(
    String title,
    Organization who,
    Document command,
    @Nullable Predicate<BsonDocument> received,
    Predicate<Document> answer,
    String verdict) {}
