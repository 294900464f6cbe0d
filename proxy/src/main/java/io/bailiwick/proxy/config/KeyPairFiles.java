package io.bailiwick.proxy.config;

import java.nio.file.Path;

/**
 * A certificate and what proves that it is ours, both PEM. One file may be both.
 *
 * @param certificate the certificate first, then those that lead to its CA
 * @param key its private key, PKCS#8 or PKCS#1, not encrypted
 */
public record KeyPairFiles(Path certificate, Path key) {}
