@org.jspecify.annotations.NullMarked
package io.bailiwick.protocol.compression;
