//! FOCUS service categories by the names that providers give their services.

/// Words in the names of services and the FOCUS category of each; the first one that fits decides.
const CATEGORIES: &[(&str, &str)] = &[
    ("datatransfer", "Networking"),
    ("data transfer", "Networking"),
    ("sagemaker", "AI and Machine Learning"),
    ("bedrock", "AI and Machine Learning"),
    ("cognitive", "AI and Machine Learning"),
    ("openai", "AI and Machine Learning"),
    ("machine learning", "AI and Machine Learning"),
    ("vertex", "AI and Machine Learning"),
    ("机器学习", "AI and Machine Learning"),
    ("大模型", "AI and Machine Learning"),
    ("rds", "Databases"),
    ("dynamodb", "Databases"),
    ("elasticache", "Databases"),
    ("redshift", "Databases"),
    ("cosmos", "Databases"),
    ("database", "Databases"),
    ("sql", "Databases"),
    ("redis", "Databases"),
    ("memorystore", "Databases"),
    ("bigtable", "Databases"),
    ("spanner", "Databases"),
    ("firestore", "Databases"),
    ("mongo", "Databases"),
    ("polardb", "Databases"),
    ("tair", "Databases"),
    ("数据库", "Databases"),
    ("bigquery", "Analytics"),
    ("athena", "Analytics"),
    ("glue", "Analytics"),
    ("databricks", "Analytics"),
    ("emr", "Analytics"),
    ("mapreduce", "Analytics"),
    ("elasticsearch", "Analytics"),
    ("kinesis", "Analytics"),
    ("maxcompute", "Analytics"),
    ("大数据", "Analytics"),
    ("sns", "Integration"),
    ("sqs", "Integration"),
    ("queueservice", "Integration"),
    ("simple queue", "Integration"),
    ("simple notification", "Integration"),
    ("pub/sub", "Integration"),
    ("event", "Integration"),
    ("stream", "Integration"),
    ("kafka", "Integration"),
    ("消息", "Integration"),
    ("cloudwatch", "Management and Governance"),
    ("cloudtrail", "Management and Governance"),
    ("awsconfig", "Management and Governance"),
    ("cloudshell", "Management and Governance"),
    ("monitor", "Management and Governance"),
    ("telemetry", "Management and Governance"),
    ("logging", "Management and Governance"),
    ("log analytics", "Management and Governance"),
    ("日志", "Management and Governance"),
    ("监控", "Management and Governance"),
    ("kms", "Security"),
    ("key vault", "Security"),
    ("key management", "Security"),
    ("guardduty", "Security"),
    ("secret", "Security"),
    ("waf", "Security"),
    ("armor", "Security"),
    ("firewall", "Security"),
    ("security", "Security"),
    ("defender", "Security"),
    ("安全", "Security"),
    ("防火墙", "Security"),
    ("cloudfront", "Networking"),
    ("cdn", "Networking"),
    ("route53", "Networking"),
    ("dns", "Networking"),
    ("vpc", "Networking"),
    ("virtual private cloud", "Networking"),
    ("elb", "Networking"),
    ("load balanc", "Networking"),
    ("bandwidth", "Networking"),
    ("network", "Networking"),
    ("nat", "Networking"),
    ("gateway", "Networking"),
    ("专有网络", "Networking"),
    ("负载均衡", "Networking"),
    ("带宽", "Networking"),
    ("公网", "Networking"),
    ("流量", "Networking"),
    ("s3", "Storage"),
    ("storage", "Storage"),
    ("blob", "Storage"),
    ("elasticfilesystem", "Storage"),
    ("backup", "Storage"),
    ("disk", "Storage"),
    ("objectstore", "Storage"),
    ("存储", "Storage"),
    ("云盘", "Storage"),
    ("云硬盘", "Storage"),
    ("ec2", "Compute"),
    ("ecs", "Compute"),
    ("eks", "Compute"),
    ("lambda", "Compute"),
    ("compute", "Compute"),
    ("virtual machine", "Compute"),
    ("functions", "Compute"),
    ("kubernetes", "Compute"),
    ("container", "Compute"),
    ("app service", "Compute"),
    ("cloud run", "Compute"),
    ("服务器", "Compute"),
    ("容器", "Compute"),
    ("函数", "Compute"),
    ("cvm", "Compute"),
];

/// The category of a service by its name or code.
pub(super) fn category(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    let found = CATEGORIES.iter().find(|(word, _)| {
        // Short abbreviations only as words of their own, or they would be found inside others ("nat" in "alternative").
        match word.is_ascii() && word.len() <= 3 {
            true => name
                .split(|letter: char| !letter.is_ascii_alphanumeric())
                .any(|part| part.trim_start_matches("amazon").trim_start_matches("aws") == *word),
            false => name.contains(word),
        }
    });
    found.map(|(_, category)| *category)
}

#[cfg(test)]
mod tests {
    use super::category;

    #[test]
    fn main_services_have_their_category() {
        for (name, expected) in [
            ("AmazonEC2", "Compute"),
            ("AmazonS3", "Storage"),
            ("AmazonRDS", "Databases"),
            ("AWSDataTransfer", "Networking"),
            ("Virtual Machines", "Compute"),
            ("云服务器 ECS", "Compute"),
            ("对象存储 OSS", "Storage"),
            ("NAT", "Networking"),
        ] {
            assert_eq!(category(name), Some(expected), "{name}");
        }
        assert_eq!(category("alternatives"), None);
    }
}
